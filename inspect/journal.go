package inspect

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A journal is one line of JSON and then records, each
//
//	uvarint length, key, varint expiry, uvarint length, DUMP
//
// with the expiry in Unix milliseconds or NoExpiry. The line has a fixed width,
// so that it is written over when the number of keys is known. A file that ends
// within a record was cut short by a crash: what is before that is good.
type journalHeader struct {
	Format int       `json:"cacheview_undo"` // 1
	Addr   string    `json:"addr"`
	DB     int       `json:"db"`
	When   time.Time `json:"when"`
	What   string    `json:"what"`
	Keys   string    `json:"keys"`   // ten digits
	Undone string    `json:"undone"` // "yes" or "no "
	// Wrote is the digest of what was written over the key, when it was edited
	// and not deleted.
	Wrote string `json:"wrote,omitempty"`
}

const (
	journalFormat = 1
	journalExt    = ".undo"
	headerMax     = 64 << 10
)

// record is one key as it was before it died.
type record struct {
	key    []byte
	expiry int64 // Unix milliseconds of the server's clock, or NoExpiry
	dump   []byte
}

// onDisk is a file of which it can be told when it is on the disk.
type onDisk interface {
	io.Writer
	io.WriterAt
	io.Closer
	Name() string
	Sync() error
}

// createPrivate makes a new file that only its owner can read.
func createPrivate(path string) (onDisk, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
}

// journal is a file that is being written.
type journal struct {
	id   string
	file onDisk
	head journalHeader

	mu    sync.Mutex // add and sync are called by two goroutines
	w     *bufio.Writer
	keys  int
	bytes int64
}

// createJournal begins a journal in a new file. Its name is the time, and a
// number when there are several of one second.
func (c *Client) createJournal(dir string, head journalHeader) (*journal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := keepPrivate(dir); err != nil {
		return nil, err
	}
	stamp := head.When.UTC().Format("20060102T150405Z")
	for n := 1; ; n++ {
		id := stamp
		if n > 1 {
			id = fmt.Sprintf("%s-%d", stamp, n)
		}
		file, err := c.newFile(filepath.Join(dir, id+journalExt))
		if errors.Is(err, os.ErrExist) && n < 1000 {
			continue
		}
		if err != nil {
			return nil, err
		}
		j := &journal{id: id, file: file, w: bufio.NewWriterSize(file, 1<<20), head: head}
		j.head.Format, j.head.Undone, j.head.Keys = journalFormat, "no ", tenDigits(0)
		line, err := j.head.line()
		if err == nil {
			_, err = j.w.Write(line)
		}
		if err == nil {
			err = syncDir(dir)
		}
		if err != nil {
			j.discard()
			return nil, err
		}
		return j, nil
	}
}

// syncDir returns when the names in a directory are on the disk. Not every file
// system can do that, and Windows refuses to.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}

func tenDigits(n int) string { return fmt.Sprintf("%010d", n) }

func (h journalHeader) line() ([]byte, error) {
	b, err := json.Marshal(h)
	return append(b, '\n'), err
}

func (j *journal) add(r record) error {
	var head []byte
	head = binary.AppendUvarint(head, uint64(len(r.key)))
	head = append(head, r.key...)
	head = binary.AppendVarint(head, r.expiry)
	head = binary.AppendUvarint(head, uint64(len(r.dump)))
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.w.Write(head); err != nil {
		return err
	}
	_, err := j.w.Write(r.dump)
	j.keys++
	j.bytes += int64(len(head) + len(r.dump))
	return err
}

// sync returns when everything that was added before is on the disk.
func (j *journal) sync() error {
	j.mu.Lock()
	err := j.w.Flush()
	j.mu.Unlock()
	if err != nil {
		return err
	}
	return j.file.Sync()
}

// close writes the number of keys into the header.
func (j *journal) close() error {
	err := j.w.Flush()
	j.head.Keys = tenDigits(j.keys)
	if herr := j.head.writeOver(j.file); err == nil {
		err = herr
	}
	if cerr := j.file.Close(); err == nil {
		err = cerr
	}
	return err
}

// discard removes the file.
func (j *journal) discard() {
	_ = j.file.Close()
	_ = os.Remove(j.file.Name())
}

// dropJournal removes the journal of a change that did not happen.
func (c *Client) dropJournal(id string) {
	if path, err := c.journalPath(id); err == nil {
		_ = os.Remove(path)
	}
}

func (h journalHeader) writeOver(file io.WriterAt) error {
	line, err := h.line()
	if err != nil {
		return err
	}
	_, err = file.WriteAt(line, 0)
	return err
}

// journalReader reads a file from its beginning.
type journalReader struct {
	file *os.File
	r    *bufio.Reader
	head journalHeader
	left int64 // bytes not yet read
}

func newJournalReader(r io.Reader, size int64) *journalReader {
	return &journalReader{r: bufio.NewReaderSize(r, headerMax), left: size}
}

// errNewerJournal is returned with what could be read of the first line.
var errNewerJournal = errors.New("it was written by a newer cacheview: undo it with that one")

func openJournal(path string) (*journalReader, error) {
	if err := keepPrivate(filepath.Dir(path)); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	j := newJournalReader(file, 0)
	j.file = file
	line, err := j.r.ReadSlice('\n')
	if err == nil {
		err = json.Unmarshal(line, &j.head)
	}
	if err == nil && j.head.Format > journalFormat {
		_ = file.Close()
		return j, fmt.Errorf("%s: %w", filepath.Base(path), errNewerJournal)
	}
	info, serr := file.Stat()
	if err != nil || serr != nil || j.head.Format != journalFormat {
		_ = file.Close()
		return nil, fmt.Errorf("%s is no undo journal", filepath.Base(path))
	}
	j.left = info.Size() - int64(len(line))
	return j, nil
}

// next returns the next record, and io.EOF at the end or where the file breaks
// off.
func (j *journalReader) next() (record, error) {
	var r record
	var err error
	if r.key, err = j.text(); err != nil {
		return r, io.EOF
	}
	if r.expiry, err = binary.ReadVarint(j.r); err != nil {
		return r, io.EOF
	}
	// No dump is empty: zeros at the end are room that a crash left unwritten.
	if r.dump, err = j.text(); err != nil || len(r.dump) == 0 {
		return r, io.EOF
	}
	return r, nil
}

// text reads a length and so many bytes, which must be there.
func (j *journalReader) text() ([]byte, error) {
	n, err := binary.ReadUvarint(j.r)
	if err != nil || n > uint64(max(j.left, 0)) {
		return nil, io.EOF
	}
	b := make([]byte, n)
	_, err = io.ReadFull(j.r, b)
	j.left -= int64(n)
	return b, err
}

func (j *journalReader) close() { _ = j.file.Close() }

// count reads to the end, for a journal whose header was never finished.
func (j *journalReader) count() int {
	n := 0
	for {
		if _, err := j.next(); err != nil {
			return n
		}
		n++
	}
}

// journalDir is where the journals are kept.
func (c *Client) journalDir() (string, error) {
	dir := c.cfg.StateDir
	if dir == "" {
		if xdg := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(xdg) {
			dir = filepath.Join(xdg, "cacheview")
		} else {
			home, err := os.UserHomeDir()
			if err != nil {
				return "", err
			}
			dir = filepath.Join(home, ".local", "state", "cacheview")
		}
	}
	return filepath.Join(dir, "undo"), nil
}

// journalPath refuses what is no id, so that none leads out of the directory.
func (c *Client) journalPath(id string) (string, error) {
	dir, err := c.journalDir()
	if err != nil {
		return "", err
	}
	if id == "" || strings.ContainsFunc(id, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && r != 'T' && r != 'Z'
	}) {
		return "", ErrNoJournal
	}
	return filepath.Join(dir, id+journalExt), nil
}
