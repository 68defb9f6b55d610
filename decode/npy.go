package decode

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"strconv"
	"strings"

	"cacheview/decode/lazyre"
	"cacheview/decode/pickle"
	"cacheview/decode/value"
)

// npyRows are what numpy.save and numpy.savez write (numpy.lib.format): one
// array with a header, and a zip archive of such.
var npyRows = []row{
	{name: "npy", trust: certain, sniff: magic(npyMagic), parse: parseNpy},
	{name: "npz", trust: certain, sniff: sniffNpz, parse: parseNpz},
}

const npyMagic = "\x93NUMPY"

// maxNpyHeader is longer than any header but that of a record with thousands
// of fields.
const maxNpyHeader = 1 << 20

var (
	npyDescr   = lazyre.New(`'descr': ?('([^']*)'|\[([^\]]*)\])`)
	npyField   = lazyre.New(`\('([^']*)', ?'([^']*)'\)`)
	npyFortran = lazyre.New(`'fortran_order': ?(True|False)`)
	npyShape   = lazyre.New(`'shape': ?\(([0-9, L]*)\)`)
)

func parseNpy(raw []byte, lim value.Limits) (value.Value, int, *value.Error) {
	fail := func(kind value.ErrorKind, at int, detail string) (value.Value, int, *value.Error) {
		return value.NewBytes(view(raw)), at, &value.Error{Format: "npy", Kind: kind, Offset: at, Detail: detail}
	}
	if len(raw) < 10 || string(raw[:6]) != npyMagic {
		return fail(value.Truncated, len(raw), "the input ends within the header")
	}
	start, size := 10, int(binary.LittleEndian.Uint16(raw[8:]))
	switch version := raw[6]; {
	case version == 2 || version == 3:
		if len(raw) < 12 {
			return fail(value.Truncated, len(raw), "the input ends within the header")
		}
		start, size = 12, int(binary.LittleEndian.Uint32(raw[8:]))
	case version != 1:
		return fail(value.Unsupported, 6, "version "+strconv.Itoa(int(version)))
	}
	if size > len(raw)-start || size > maxNpyHeader {
		return fail(value.Truncated, start, "the input ends within the header")
	}
	header, at := string(raw[start:start+size]), start+size
	descr, order, shapeText := npyDescr.Get().FindStringSubmatch(header), npyFortran.Get().FindStringSubmatch(header), npyShape.Get().FindStringSubmatch(header)
	if descr == nil || order == nil || shapeText == nil {
		return fail(value.Corrupt, start, "no descr, fortran_order and shape")
	}
	var shape []int
	total := 1
	for part := range strings.SplitSeq(shapeText[1], ",") {
		part = strings.TrimSuffix(strings.TrimSpace(part), "L")
		if part == "" {
			continue
		}
		n, err := strconv.Atoi(part)
		if err != nil || n > 0 && total > (1<<40)/n || len(shape) > 64 {
			return fail(value.Corrupt, start, "the shape is missing")
		}
		shape, total = append(shape, n), total*n
	}
	if descr[2] == "|O" {
		doc := pickle.Decode(raw[at:], lim)
		return doc.Value(), at + doc.Consumed(), doc.Err()
	}
	t, ok := npyDtype(descr[2], descr[3])
	if !ok {
		return fail(value.Unsupported, start, "type "+descr[1])
	}
	if total *= t.Size(); total > len(raw)-at {
		return fail(value.Truncated, at, "the input ends within the array")
	}
	v, ok := pickle.Array(t, shape, view(raw[at:at+total]), order[1] == "True")
	if !ok {
		return fail(value.Limit, at, "the array is too large")
	}
	return v, at + total, nil
}

// npyDtype is a plain type, or a record with the fields that the list names.
func npyDtype(plain, list string) (pickle.Dtype, bool) {
	if list == "" {
		return pickle.ParseDtype(plain)
	}
	var fields []pickle.Field
	size, rest := 0, list
	for _, m := range npyField.Get().FindAllStringSubmatch(list, 1000) {
		t, ok := pickle.ParseDtype(m[2])
		if !ok {
			return pickle.Dtype{}, false
		}
		fields = append(fields, pickle.Field{Name: m[1], Offset: size, Dtype: t})
		size += t.Size()
		rest = strings.Replace(rest, m[0], "", 1)
	}
	if strings.Trim(rest, ", ") != "" { // fields of a shape of their own
		return pickle.Dtype{}, false
	}
	return pickle.RecordDtype(fields, size)
}

// maxNpz bounds the arrays of one archive.
const maxNpz = 10_000

func sniffNpz(in *input) (string, bool) {
	const reason = "a zip archive of arrays, as numpy.savez writes it"
	if !bytes.HasPrefix(in.raw, []byte("PK\x03\x04")) || len(in.raw) < 34 {
		return "", false
	}
	n := int(binary.LittleEndian.Uint16(in.raw[26:]))
	return reason, len(in.raw) >= 30+n && strings.HasSuffix(string(in.raw[30:30+n]), ".npy")
}

func parseNpz(raw []byte, lim value.Limits) (value.Value, int, *value.Error) {
	lim = lim.OrDefault()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return value.NewBytes(view(raw)), 0, &value.Error{Format: "npz", Kind: value.Truncated, Offset: len(raw), Detail: err.Error()}
	}
	var arrays value.Dict
	for _, f := range z.File[:min(len(z.File), maxNpz)] {
		name := value.NewText(strings.ToValidUTF8(strings.TrimSuffix(f.Name, ".npy"), "\ufffd"))
		v, failure := readNpz(f, lim)
		arrays = append(arrays, value.Pair{Key: name, Value: v})
		lim.Output -= int64(min(f.UncompressedSize64, uint64(lim.Output)))
		if failure != nil {
			failure.Path = value.Label{Kind: value.KeyLabel, Key: name}.String() + failure.Path
			return value.NewMap(arrays), len(raw), failure
		}
	}
	if len(z.File) > maxNpz {
		return value.NewMap(arrays), len(raw), &value.Error{Format: "npz", Kind: value.Limit, Detail: "too many arrays"}
	}
	return value.NewMap(arrays), len(raw), nil
}

func readNpz(f *zip.File, lim value.Limits) (value.Value, *value.Error) {
	r, err := f.Open()
	if err != nil {
		return value.Nil, &value.Error{Format: "npz", Kind: value.Unsupported, Detail: err.Error()}
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, lim.Output+1))
	switch {
	case err != nil:
		return value.Nil, &value.Error{Format: "npz", Kind: value.Corrupt, Detail: err.Error()}
	case int64(len(data)) > lim.Output:
		return value.Nil, &value.Error{Format: "npz", Kind: value.Limit, Detail: "output is too large"}
	}
	v, _, failure := parseNpy(data, lim)
	return v, failure
}
