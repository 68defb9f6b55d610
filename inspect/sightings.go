package inspect

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"cacheview/inspect/flask"
	"cacheview/inspect/journal"
)

// A stored result is stale if its version was live once and is not any more. So
// that later sessions know, the versions that a session has seen in version keys
// are kept in a file of the state directory, one for each server and database:
// names of keys and six random characters, no values. Versions in undo journals
// count as well. The file only adds proofs: without it, or if it cannot be read or
// written, less is known.

const (
	maxSightings   = 10_000
	sightingAge    = 90 * 24 * time.Hour
	maxSightFile   = 8 << 20
	maxSightReads  = 200_000  // records of one journal
	maxSightUndo   = 64 << 20 // bytes of one journal
	sightingsDir   = "flask"
	sightingFormat = 1
)

// sightings are the versions that earlier sessions have seen, and this one.
type sightings struct {
	mu     sync.Mutex
	loaded bool
	file   sightFile
	byKey  map[string]int // in file.Versions, by version
}

// sightFile is the file. Names are bytes, which JSON writes in base64.
type sightFile struct {
	Format   int        `json:"cacheview_versions"`
	Addr     string     `json:"server"`
	DB       int        `json:"db"`
	Versions []sighting `json:"versions"`
	Journals []string   `json:"journals"` // that were read for versions
}

type sighting struct {
	Version string `json:"version"`
	Key     []byte `json:"key"`
	Seen    int64  `json:"seen"` // Unix seconds
}

// former returns the version keys in which versions were seen live.
func (c *Client) former(ctx context.Context) map[string]string {
	s := &c.seen
	s.mu.Lock()
	defer s.mu.Unlock()
	c.loadSightings(ctx, s)
	former := make(map[string]string, len(s.file.Versions))
	for _, v := range s.file.Versions {
		former[v.Version] = string(v.Key)
	}
	return former
}

// loadSightings reads what earlier sessions saw, once.
func (c *Client) loadSightings(ctx context.Context, s *sightings) {
	if s.loaded {
		return
	}
	s.loaded = true
	s.load(c.sightPath(), c.Server())
	c.sightJournals(ctx, s)
}

// sightPath returns the path of the file; empty if nothing is to be kept.
func (c *Client) sightPath() string {
	undo, err := journal.DefaultPath(c.cfg.StateDir)
	if err != nil || c.cfg.JournalLimit < 0 {
		return ""
	}
	here := c.Server()
	text, _ := json.Marshal([]any{here.Addr, here.DB})
	sum := sha256.Sum256(text)
	return filepath.Join(filepath.Dir(undo), sightingsDir, hex.EncodeToString(sum[:12])+".json")
}

func (s *sightings) load(path string, here Server) {
	s.byKey = map[string]int{}
	s.file = sightFile{Format: sightingFormat, Addr: here.Addr, DB: here.DB}
	info, err := os.Stat(path)
	if path == "" || err != nil || info.Size() > maxSightFile || mayRead(filepath.Dir(path)) != nil {
		return
	}
	raw, err := os.ReadFile(path)
	var file sightFile
	if err != nil || json.Unmarshal(raw, &file) != nil || file.Format != sightingFormat || file.Addr != here.Addr || file.DB != here.DB {
		return
	}
	s.file.Journals = file.Journals
	for _, v := range file.Versions {
		if time.Since(time.Unix(v.Seen, 0)) < sightingAge && flask.IsVersionName(v.Key) {
			s.add(v)
		}
	}
}

// add notes a sighting and reports whether it is a new one.
func (s *sightings) add(v sighting) bool {
	if i, ok := s.byKey[v.Version]; ok {
		s.file.Versions[i].Seen = max(s.file.Versions[i].Seen, v.Seen)
		return false
	}
	s.byKey[v.Version] = len(s.file.Versions)
	s.file.Versions = append(s.file.Versions, v)
	return true
}

// sightJournals adds the versions in undo journals of this server that were not
// read before.
func (c *Client) sightJournals(ctx context.Context, s *sightings) {
	dir, err := c.journalDir()
	if err != nil || mayRead(dir.Path) != nil {
		return
	}
	infos, err := dir.List()
	if err != nil {
		return
	}
	here := c.Server()
	var kept []string
	for _, i := range infos {
		h := i.Header
		switch {
		case slices.Contains(s.file.Journals, i.ID):
			kept = append(kept, i.ID)
		case h.Addr != here.Addr, h.DB != here.DB, i.Err != nil, i.Bytes > maxSightUndo, ctx.Err() != nil:
		case h.Server.Compare(here.Identity, h.When) == journal.Other:
		default:
			s.readJournal(dir, i)
			kept = append(kept, i.ID)
		}
	}
	s.file.Journals = kept
}

func (s *sightings) readJournal(dir journal.Dir, i journal.Info) {
	r, err := dir.Open(i.ID)
	if err != nil {
		return
	}
	defer r.Close()
	for range maxSightReads {
		e, err := r.Next()
		if err != nil {
			return // the rest of a damaged journal proves nothing
		}
		if !flask.IsVersionName(e.Key) {
			continue
		}
		if raw, ok := dumpedString(e.Dump); ok {
			if v, ok := flask.ReadVersion(raw); ok {
				s.add(sighting{v, slices.Clone(e.Key), i.Header.When.Unix()})
			}
		}
	}
}

// dumpedString reads a short string that DUMP wrote without compressing it.
func dumpedString(dump []byte) ([]byte, bool) {
	const trailer = 10 // version and checksum
	if len(dump) < 2+trailer || dump[0] != 0 || dump[1] >= 64 || len(dump) != 2+int(dump[1])+trailer {
		return nil, false
	}
	return dump[2 : 2+int(dump[1])], true
}

// sight notes the versions that are live now. What cannot be written is known to
// this session alone.
func (c *Client) sight(ctx context.Context, live map[string]string) {
	if len(live) == 0 {
		return
	}
	s := &c.seen
	s.mu.Lock()
	defer s.mu.Unlock()
	c.loadSightings(ctx, s)
	now, news := time.Now().Unix(), false
	for v, key := range live {
		news = s.add(sighting{v, []byte(key), now}) || news
	}
	path := c.sightPath()
	if !news || path == "" {
		return
	}
	// Another session may have written since.
	var other sightings
	other.load(path, c.Server())
	for _, v := range other.file.Versions {
		s.add(v)
	}
	if n := len(s.file.Versions); n > maxSightings {
		slices.SortStableFunc(s.file.Versions, func(a, b sighting) int { return cmp.Compare(b.Seen, a.Seen) })
		s.file.Versions = s.file.Versions[:maxSightings]
		clear(s.byKey)
		for i, v := range s.file.Versions {
			s.byKey[v.Version] = i
		}
	}
	_ = writeSightings(path, s.file)
}

func writeSightings(path string, file sightFile) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := keepPrivate(dir); err != nil {
		return err
	}
	raw, err := json.Marshal(file)
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(dir, "*.tmp") // for its owner alone
	if err != nil {
		return err
	}
	_, err = temp.Write(raw)
	err = cmp.Or(err, temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temp.Name())
	}
	return err
}
