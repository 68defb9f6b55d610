package flask

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"cacheview/decode"
	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
)

// Source reads the strings of one database; *inspect.Client is one.
type Source interface {
	// Heads reads the first size bytes of strings and calls fn for each: with
	// the bytes, or with the error that the server answered. Both are empty for
	// a key that does not exist. Its own error ends the reading.
	Heads(ctx context.Context, names [][]byte, size int, fn func(i int, head []byte, err error)) error
	// SmallStrings is Heads for strings that are known to be short, which are
	// also read by GET where a range is refused.
	SmallStrings(ctx context.Context, names [][]byte, size int, fn func(i int, head []byte, err error)) error
}

// A version is what a version key holds: six characters of base64.
type version [versionLen]byte

// memver is a key that holds a version, and what is known of its function.
type memver struct {
	key     []byte
	version version
	// unreadable is why the version is unknown: the key exists, and a
	// permission or the format keeps its value from being read. Empty when the
	// version is known.
	unreadable string
	codec      string // layers of a version that is not in the library's own form
	prefix     string
	joined     bool   // prefix is proven by an entry
	name       string // module.qualname
	instance   string // repr of the object, for the version of an instance

	entries int
	bytes   int64
	sized   int
}

// base is the name of the key without its end: prefix, function and instance.
func (m *memver) base() []byte { return m.key[:len(m.key)-len(memverEnd)] }

// readable reports whether the version is known.
func (m *memver) readable() bool { return m.unreadable == "" }

// under takes a name apart behind a prefix.
func (m *memver) under(prefix string) {
	m.prefix = prefix
	k, _ := flaskcaching.Parse(m.key, prefix)
	m.name, m.instance = k.Function, k.Instance
	if k.Kind != flaskcaching.Memver {
		m.name = string(m.base()[len(prefix):])
	}
}

func (m *memver) fullName() string {
	if m.instance == "" {
		return m.name
	}
	return m.name + "." + m.instance
}

// versionBytes limits what is read of a version key. A pickled version has 24
// bytes; serializers of an app's own need more.
const versionBytes = 512

// readVersions reads version keys and returns them in the order of the names. A
// key that does not exist any more, or is not a string, is left out. A string
// that cannot be read is a version of unknown value.
func readVersions(ctx context.Context, src Source, names [][]byte) ([]memver, error) {
	list := make([]memver, 0, len(names))
	err := src.SmallStrings(ctx, names, versionBytes, func(i int, head []byte, err error) {
		if !IsVersionName(names[i]) || err == nil && len(head) == 0 || isWrongType(err) {
			return
		}
		m := memver{key: names[i]}
		switch v, codec, ok := readVersion(head); {
		case err != nil:
			m.unreadable = "the server refuses to show it: " + err.Error()
		case !ok:
			m.unreadable = "its value is in a format that cacheview does not know"
		default:
			m.version, m.codec = v, codec
		}
		list = append(list, m)
	})
	return list, err
}

// isWrongType reports whether a server refused to read a key because it is no
// string. The library writes strings only, so it is no version key.
func isWrongType(err error) bool { return err != nil && strings.HasPrefix(err.Error(), "WRONGTYPE") }

// ReadVersion reads the value of a version key.
func ReadVersion(raw []byte) (string, bool) {
	v, _, ok := readVersion(raw)
	return string(v[:]), ok
}

// readVersion reads the value of a version key: six characters of base64,
// pickled by the library, or in any other format that decode knows. codec names
// the layers of the latter.
func readVersion(raw []byte) (v version, codec string, ok bool) {
	if len(raw) == versionLen && IsBase64(raw) {
		return version(raw), "text", true
	}
	if val, err := flaskcaching.Load(raw, value.Limits{}); err == nil {
		if v, ok = versionOf(val); ok {
			return v, "", true
		}
	}
	if len(raw) >= versionBytes {
		return v, "", false
	}
	r := decode.Decode(raw, decode.Options{})
	if r.Err != nil {
		return v, "", false
	}
	v, ok = versionOf(r.Value)
	return v, strings.Join(r.Names(), ","), ok
}

func versionOf(val value.Value) (v version, ok bool) {
	if val.Kind() != value.Text && val.Kind() != value.Bytes {
		return v, false
	}
	text := strings.Trim(val.Text(), `"`) // 2.5 may be told to write JSON
	if len(text) != versionLen || !IsBase64(text) {
		return v, false
	}
	return version([]byte(text)), true
}

// versionIndex finds the version keys that hold a version: one, but for
// accidents. Versions that could not be read are not in it.
type versionIndex map[version][]int32

func indexVersions(list []memver) versionIndex {
	x := make(versionIndex, len(list))
	for i, m := range list {
		if m.readable() {
			x[m.version] = append(x[m.version], int32(i))
		}
	}
	return x
}

// resolve finds what an entry belongs to: the function whose version its name
// ends in, or the function and the instance. Name and version key must begin
// with the same prefix, whatever that is.
func (x versionIndex) resolve(list []memver, key []byte) (assigned, bool) {
	e := assigned{instance: -1}
	n := len(key)
	if n < entryLen || !IsBase64(key[n-entryLen:]) {
		return e, false
	}
	last := x[version(key[n-versionLen:])]
	if n >= methodLen && len(last) > 0 && IsBase64(key[n-methodLen:]) {
		prefix := key[:n-methodLen]
		for _, f := range x[version(key[n-2*versionLen:n-versionLen])] {
			base := list[f].base()
			for _, i := range last {
				rest, ok := bytes.CutPrefix(list[i].base(), base)
				if ok && len(rest) > 1 && rest[0] == '.' && continues(base, prefix) {
					e.function, e.instance = f, i
					return e, true
				}
			}
		}
	}
	prefix := key[:n-entryLen]
	for _, f := range last {
		if continues(list[f].base(), prefix) {
			e.function = f
			return e, true
		}
	}
	return e, false
}

// continues reports whether base is prefix and module.qualname.
func continues(base, prefix []byte) bool {
	return len(base) > len(prefix) && bytes.HasPrefix(base, prefix) && bytes.IndexByte(base[len(prefix):], '.') > 0
}

// VersionsOf reads version keys and returns the versions that could be read, with
// the names of the keys.
func VersionsOf(ctx context.Context, src Source, names [][]byte) (map[string]string, error) {
	list, err := readVersions(ctx, src, names)
	f := Index{memvers: list}
	return f.LiveVersions(), err
}

// LeftBehind returns the stored results among the names of a listing that no
// call can reach once the version keys in gone are deleted.
func LeftBehind(ctx context.Context, src Source, names Listing, gone [][]byte) ([][]byte, error) {
	going, err := readVersions(ctx, src, gone)
	if err != nil || len(going) == 0 {
		return nil, err
	}
	seen, err := scanNames(ctx, names, nil)
	if err != nil {
		return nil, err
	}
	index := indexVersions(going)
	left := map[string]bool{}
	var list [][]byte
	for _, id := range seen.shaped {
		if name := names.Name(id); index.ends(going, name) && !left[string(name)] {
			left[string(name)] = true
			list = append(list, name)
		}
	}
	return list, nil
}

// ends reports whether an entry cannot be reached any more when all of list are
// gone: when one of them is the version of its function or of its object. Name
// and version begin with the same prefix, as in resolve.
func (x versionIndex) ends(list []memver, key []byte) bool {
	n := len(key)
	under := func(v version, prefix []byte) bool {
		for _, at := range x[v] {
			if continues(list[at].base(), prefix) {
				return true
			}
		}
		return false
	}
	last := version(key[n-versionLen:])
	if under(last, key[:n-entryLen]) {
		return true
	}
	if n < methodLen || !IsBase64(key[n-methodLen:]) {
		return false
	}
	return under(last, key[:n-methodLen]) || under(version(key[n-2*versionLen:n-versionLen]), key[:n-methodLen])
}

// unreadableError says which version keeps a question from being answered.
func (m *memver) why() string {
	return fmt.Sprintf("the version key %s exists and cannot be read: %s", m.key, m.unreadable)
}
