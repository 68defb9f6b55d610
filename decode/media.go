package decode

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// markupDetail names text that is a document.
func markupDetail(raw []byte) string {
	head := bytes.TrimLeft(bytes.TrimPrefix(raw, byteOrderMark), jsonSpace)
	if len(head) == 0 || head[0] != '<' {
		return ""
	}
	head = bytes.ToLower(head[:min(len(head), 512)])
	switch {
	case bytes.HasPrefix(head, []byte("<!doctype html")), bytes.HasPrefix(head, []byte("<html")):
		return "HTML document"
	case bytes.HasPrefix(head, []byte("<svg")), bytes.HasPrefix(head, []byte("<?xml")) && bytes.Contains(head, []byte("<svg")):
		return "SVG image"
	case bytes.HasPrefix(head, []byte("<?xml")):
		return "XML document"
	case len(head) > 2 && (isLetter(head[1]) || head[1] == '!' || head[1] == '/') && bytes.IndexByte(head, '>') > 0:
		return "HTML or XML fragment"
	}
	return ""
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// mediaDetail names a file by its signature, with the size of a picture. The
// signature alone proves nothing more than what the file claims to be.
func mediaDetail(b []byte) string {
	be, le := binary.BigEndian, binary.LittleEndian
	has := func(at int, s string) bool { return len(b) >= at+len(s) && string(b[at:at+len(s)]) == s }
	switch {
	case has(0, "\x89PNG\r\n\x1a\n"):
		if len(b) >= 24 && has(12, "IHDR") {
			return picture("PNG", int(be.Uint32(b[16:])), int(be.Uint32(b[20:])))
		}
		return "PNG image"
	case has(0, "GIF87a"), has(0, "GIF89a"):
		if len(b) >= 10 {
			return picture("GIF", int(le.Uint16(b[6:])), int(le.Uint16(b[8:])))
		}
		return "GIF image"
	case has(0, "\xff\xd8\xff"):
		if w, h, ok := jpegSize(b); ok {
			return picture("JPEG", w, h)
		}
		return "JPEG image"
	case has(0, "RIFF") && has(8, "WEBP"):
		return webpDetail(b)
	case has(0, "RIFF") && has(8, "WAVE"):
		return "WAVE audio"
	case has(0, "BM") && len(b) >= 26 && int(le.Uint32(b[2:])) == len(b):
		return picture("BMP", int(le.Uint32(b[18:])), int(int32(le.Uint32(b[22:]))))
	case has(4, "ftypavif"):
		return "AVIF image"
	case has(4, "ftypheic"):
		return "HEIC image"
	case has(4, "ftyp"):
		return "MP4 media"
	}
	return fileDetail(has)
}

// fileDetail names files that are no pictures.
func fileDetail(has func(at int, s string) bool) string {
	for _, f := range [...]struct{ magic, name string }{
		{"%PDF-", "PDF document"},
		{"PK\x03\x04", "ZIP archive"},
		{"Rar!\x1a\x07", "RAR archive"},
		{"7z\xbc\xaf\x27\x1c", "7-Zip archive"},
		{"\x7fELF", "ELF program"},
		{"SQLite format 3\x00", "SQLite database"},
		{"PAR1", "Parquet file"},
		{"ARROW1", "Arrow file"},
		{"\x93NUMPY", "NumPy array file"},
		{"OggS", "Ogg media"},
		{"ID3", "MP3 audio"},
		{"wOFF", "WOFF font"},
		{"wOF2", "WOFF2 font"},
		{"\x00\x00\x01\x00", "icon"},
		{"\x00asm", "WebAssembly module"},
	} {
		if has(0, f.magic) {
			return f.name
		}
	}
	return ""
}

func picture(format string, w, h int) string {
	return fmt.Sprintf("%s image, %dx%d", format, w, max(h, -h))
}

// jpegSize finds the start-of-frame segment.
func jpegSize(b []byte) (w, h int, ok bool) {
	for at := 2; at+9 <= len(b) && b[at] == 0xff; {
		marker := b[at+1]
		if marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc {
			return int(binary.BigEndian.Uint16(b[at+7:])), int(binary.BigEndian.Uint16(b[at+5:])), true
		}
		at += 2 + int(binary.BigEndian.Uint16(b[at+2:]))
	}
	return 0, 0, false
}

// webpDetail reads the size from the first chunk of a WebP file.
func webpDetail(b []byte) string {
	if len(b) < 30 {
		return "WebP image"
	}
	le := binary.LittleEndian
	switch string(b[12:16]) {
	case "VP8 ":
		return picture("WebP", int(le.Uint16(b[26:])&0x3fff), int(le.Uint16(b[28:])&0x3fff))
	case "VP8L":
		n := le.Uint32(b[21:])
		return picture("WebP", int(n&0x3fff)+1, int(n>>14&0x3fff)+1)
	case "VP8X":
		w := uint32(b[24]) | uint32(b[25])<<8 | uint32(b[26])<<16
		h := uint32(b[27]) | uint32(b[28])<<8 | uint32(b[29])<<16
		return picture("WebP", int(w)+1, int(h)+1)
	}
	return "WebP image"
}
