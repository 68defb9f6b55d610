package journal

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// ext is the extension of a journal's file.
const ext = ".undo"

// Dir is the directory of the journals. The zero values of its fields are
// replaced by the defaults.
type Dir struct {
	Path string
	// MaxBytes limits all journals together; zero means 1 GiB.
	MaxBytes int64
	// MaxAge is how long a journal is kept at least; zero means seven days, and
	// less than zero forever.
	MaxAge time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Create makes a file that does not exist; nil makes one that only its owner
	// can read.
	Create func(path string) (File, error)
	// Private refuses a directory that other users can read; nil skips that.
	Private func(dir string) error
}

const (
	defaultMaxBytes = 1 << 30
	defaultMaxAge   = 7 * 24 * time.Hour
)

// DefaultPath returns the directory of the journals within stateDir, or within
// the user's state directory if that is empty.
func DefaultPath(stateDir string) (string, error) {
	if stateDir != "" {
		return filepath.Join(stateDir, "undo"), nil
	}
	if xdg := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(xdg) {
		return filepath.Join(xdg, "cacheview", "undo"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".local", "state", "cacheview", "undo"), nil
}

func (d Dir) now() time.Time {
	if d.Now != nil {
		return d.Now()
	}
	return time.Now()
}

func (d Dir) path(id string) (string, error) {
	if id == "" || strings.ContainsFunc(id, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && r != 'T' && r != 'Z'
	}) {
		return "", ErrNotFound // and so no ID leads out of the directory
	}
	return filepath.Join(d.Path, id+ext), nil
}

// Begin creates a journal of at most limit bytes of records; zero means no limit.
// It sets head's Seq, Format and Marker.
func (d Dir) Begin(head Header, limit int64) (*Writer, error) {
	if err := os.MkdirAll(d.Path, 0o700); err != nil {
		return nil, err
	}
	if d.Private != nil {
		if err := d.Private(d.Path); err != nil {
			return nil, err
		}
	}
	defer lockDir(d.Path)()
	seq, err := d.lastSeq()
	if err != nil {
		return nil, err
	}
	head.Seq = seq + 1
	if head.When.IsZero() {
		head.When = d.now()
	}
	stamp := head.When.UTC().Format("20060102T150405Z")
	for n := 1; ; n++ {
		id := stamp
		if n > 1 {
			id = fmt.Sprintf("%s-%d", stamp, n)
		}
		path := filepath.Join(d.Path, id+ext)
		file, err := d.create(path)
		if errors.Is(err, os.ErrExist) && n < 100_000 {
			continue
		}
		if err != nil {
			return nil, err
		}
		if f, ok := file.(descriptor); ok {
			lock(f)
		}
		w, err := newWriter(id, file, head, limit, func() error { return os.Remove(path) })
		if err == nil {
			err = syncDir(d.Path)
		}
		if err != nil {
			_ = file.Close()
			_ = os.Remove(path)
			return nil, err
		}
		return w, nil
	}
}

func (d Dir) create(path string) (File, error) {
	if d.Create != nil {
		return d.Create(path)
	}
	return CreatePrivate(path)
}

// CreatePrivate makes a new file that only its owner can read.
func CreatePrivate(path string) (File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
}

// syncDir returns when the names in a directory are on the disk. Not every file
// system can do that, and Windows refuses to.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}

// Info describes one journal of the directory.
type Info struct {
	ID     string
	Header Header
	Bytes  int64 // of the file
	// Records is the number of records that can be undone: those of NotDone do not
	// count.
	Records  int
	Undone   bool
	CutShort bool // a crash ended it
	// Err is why the journal cannot be read: ErrNewer, ErrInUse, ErrNotJournal, or
	// an error of the file system. The fields that could be read are set.
	Err     error
	modTime time.Time
}

// Open opens a journal for reading.
func (d Dir) Open(id string) (*Reader, error) {
	path, err := d.path(id)
	if err != nil {
		return nil, err
	}
	r, err := Open(path)
	if errors.Is(err, os.ErrNotExist) {
		err = fmt.Errorf("%w: %s", ErrNotFound, id)
	}
	return r, err
}

// List returns all journals, the newest first. A file that cannot be read is
// listed with the reason. It changes nothing.
func (d Dir) List() ([]Info, error) {
	entries, err := os.ReadDir(d.Path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Info
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), ext)
		if !ok {
			continue
		}
		if _, err := d.path(id); err != nil {
			continue
		}
		all = append(all, d.describe(id, e))
	}
	slices.SortFunc(all, func(a, b Info) int {
		return cmp.Or(
			cmp.Compare(b.Header.Seq, a.Header.Seq),
			b.Header.When.Compare(a.Header.When),
			cmp.Compare(len(b.ID), len(a.ID)),
			cmp.Compare(b.ID, a.ID),
		)
	})
	return all, nil
}

func (d Dir) describe(id string, e os.DirEntry) Info {
	i := Info{ID: id}
	if info, err := e.Info(); err == nil {
		i.Bytes, i.modTime = info.Size(), info.ModTime()
	}
	r, err := Open(filepath.Join(d.Path, id+ext))
	i.Err = err
	if r == nil {
		return i
	}
	defer r.Close()
	i.Header = r.head
	if err == nil {
		i.Records, i.CutShort, i.Undone = r.Glance()
	}
	return i
}

// Glance returns what the header and the end of the file say, without reading
// what is between unless a crash left no end: the number of records that can be
// undone, whether a crash cut the journal short, and whether it was undone.
func (j *Reader) Glance() (records int, cutShort, undone bool) {
	if j.v1 != nil {
		if n := j.v1.keys(); n > 0 {
			return n, false, j.undone
		}
		return j.countAll(), true, j.undone
	}
	j.tail()
	switch {
	case j.state.State == stateClosed:
		return digits(j.state.Undoable), false, j.undone
	case j.end != nil:
		return j.end.Undoable, false, j.undone
	}
	return j.countAll(), true, j.undone
}

// countAll reads to the end, for a journal that was never closed.
func (j *Reader) countAll() int {
	n := 0
	for {
		e, err := j.Next()
		switch {
		case err == nil && e.Outcome != NotDone:
			n++
		case err != nil && isEnd(err):
			j.Rewind()
			return n
		}
	}
}

// tail reads the frames at the end of the file.
func (j *Reader) tail() {
	for at := j.w.find(max(j.first, j.w.size-maxTail), j.marker); at < j.w.size; at = j.w.find(at+1, j.marker) {
		f, err := j.frameAt(at)
		if err != nil {
			continue
		}
		switch f.kind {
		case frameEnd:
			var end endMark
			if json.Unmarshal(f.body, &end) == nil {
				j.end = &end
			}
		case frameUndone:
			j.undone = true
		}
	}
}

// maxTail limits what the end mark and the marks behind it take.
const maxTail = 2 * maxHeader

// MarkUndone marks a journal of which nothing is left to restore.
func (d Dir) MarkUndone(id string) error {
	path, err := d.path(id)
	if err != nil {
		return err
	}
	r, err := Open(path)
	if err != nil {
		return err
	}
	defer r.Close()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if r.v1 != nil {
		h := r.v1.head
		h.Undone = "yes"
		line, err := json.Marshal(h)
		if err != nil {
			return err
		}
		if line = append(line, '\n'); len(line) != r.v1.line {
			return errors.New("the header has another width")
		}
		_, err = f.WriteAt(line, 0)
		return err
	}
	body, err := json.Marshal(struct {
		When time.Time `json:"when"`
	}{d.now()})
	if err != nil {
		return err
	}
	mark := appendFrame(nil, r.marker, &frame{kind: frameUndone, body: body})
	if _, err := f.WriteAt(mark, r.w.size); err != nil {
		_ = f.Truncate(r.w.size)
		return err
	}
	return f.Sync()
}

// Remove deletes a journal.
func (d Dir) Remove(id string) error {
	path, err := d.path(id)
	if err != nil {
		return err
	}
	return os.Remove(path)
}

// lastSeq returns the highest sequence number of the directory.
func (d Dir) lastSeq() (uint64, error) {
	entries, err := os.ReadDir(d.Path)
	if err != nil {
		return 0, err
	}
	last := uint64(0)
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ext) {
			continue
		}
		f, err := openRegular(filepath.Join(d.Path, e.Name()))
		if err != nil {
			continue
		}
		buf := make([]byte, maxHeader)
		n, _ := f.ReadAt(buf, 0)
		_ = f.Close()
		line, _, _ := bytes.Cut(buf[:n], []byte("\n"))
		var h Header
		if json.Unmarshal(line, &h) == nil {
			last = max(last, h.Seq)
		}
	}
	return last, nil
}
