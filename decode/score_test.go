package decode_test

import (
	"bytes"
	"compress/flate"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/fxamacker/cbor/v2"
	"github.com/vmihailenco/msgpack/v5"

	"cacheview/decode"
	"cacheview/decode/value"
)

// producer writes random values of one kind, as programs put them into caches.
// own is the format, "" for bytes that no format structures. Values with proof
// must not be flagged: their bytes prove the format.
type producer struct {
	name, own string
	proof     bool
	make      func(r *rand.Rand) []byte
}

// score counts how the values of one producer were read.
type score struct{ n, right, unread, flagged, unflagged, needless int }

// TestScore_DetectorOnRandomValues reads labeled random values. The seed is
// fixed unless DETECT_SEED has another one, as make fuzz sets it.
func TestScore_DetectorOnRandomValues(t *testing.T) {
	t.Parallel()
	seed, n := detectSeed(t, 6000)
	r := rand.New(rand.NewPCG(seed, 7))
	var all scores
	for range n {
		p := producers[r.IntN(len(producers))]
		all.judge(t, p, p.make(r), seed)
	}
	all.report(t, seed)
}

// detectSeed is the seed of the random values and their number: n with the
// fixed seed, ten times as many with one of DETECT_SEED.
func detectSeed(t *testing.T, n int) (seed uint64, count int) {
	t.Helper()
	s := os.Getenv("DETECT_SEED")
	if s == "" {
		return 1, n
	}
	seed, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return seed, 10 * n
}

// scores are the scores of several producers, by name.
type scores map[string]*score

func (all *scores) judge(t *testing.T, p producer, raw []byte, seed uint64) {
	t.Helper()
	if *all == nil {
		*all = scores{}
	}
	s := (*all)[p.name]
	if s == nil {
		s = &score{}
		(*all)[p.name] = s
	}
	s.judge(t, p, raw, seed)
}

// report logs each score and fails if the total is worse than what
// docs/detection.md promises.
func (all scores) report(t *testing.T, seed uint64) {
	t.Helper()
	var total score
	for _, name := range slices.Sorted(maps.Keys(all)) {
		s := all[name]
		t.Logf("%-22s %5d right %5d unread %4d flagged %4d unflagged %4d needless %4d", name, s.n, s.right, s.unread, s.flagged, s.unflagged, s.needless)
		total.n, total.unread, total.flagged = total.n+s.n, total.unread+s.unread, total.flagged+s.flagged
		total.unflagged, total.needless = total.unflagged+s.unflagged, total.needless+s.needless
	}
	share := func(n int) float64 { return float64(n) / float64(total.n) }
	if total.unflagged > 0 || share(total.flagged) > 0.002 || share(total.unread) > 0.005 || share(total.needless) > 0.005 {
		t.Errorf("seed %d: of %d: %d wrong without a flag, %d wrong with one, %d left as bytes, %d flagged without need",
			seed, total.n, total.unflagged, total.flagged, total.unread, total.needless)
	}
}

// judge reads one value. A reading in another format that its encoder would
// write byte for byte is right when it is flagged and names the own one.
func (s *score) judge(t *testing.T, p producer, raw []byte, seed uint64) {
	t.Helper()
	s.n++
	got := decode.Decode(raw, decode.Options{})
	flagged := slices.Contains(got.Flags, "ambiguous")
	if flagged != (len(got.Also) > 0) {
		t.Errorf("%s %x: flags %q, also %q", p.name, raw, got.Flags, got.Also)
	}
	asBytes := got.Layers[0].Name == "ascii-int" || got.Value.Kind() == value.Bytes && got.Value.Text() == string(raw) || got.Value.Kind() == value.Text && got.Value.Text() == string(raw)
	own := p.own
	if own == "" {
		own = "binary"
	}
	named := slices.ContainsFunc(got.Also, func(a []string) bool { return a[0] == own })
	switch {
	case got.Layers[0].Name == own && got.Err == nil && got.TrailingBytes == 0 || p.own == "" && asBytes:
		s.right++
		if flagged && p.proof {
			s.needless++
		}
	case p.own != "" && asBytes && len(raw) < 3:
		s.right++
	case p.own != "" && asBytes:
		s.unread++
		if testing.Verbose() && s.unread < 4 {
			t.Logf("seed %d: %s unread: %x also %q", seed, p.name, raw, got.Also)
		}
	case flagged && named && isCanonical(got.Layers[0].Name, raw):
		s.right++
	case flagged:
		s.flagged++
		t.Logf("seed %d: %s flagged: %x is %q also %q", seed, p.name, raw, got.Names(), got.Also)
	default:
		s.unflagged++
		t.Errorf("seed %d: %s shown as a fact: %x is %q, %s", seed, p.name, raw, got.Names(), decode.Literal(got.Value, 80))
	}
}

// isCanonical reports whether a library that reads raw writes it again.
func isCanonical(format string, raw []byte) bool {
	var v any
	switch format {
	case "msgpack":
		if msgpack.Unmarshal(raw, &v) != nil {
			return false
		}
		var out bytes.Buffer
		enc := msgpack.NewEncoder(&out)
		enc.UseCompactInts(true)
		return enc.Encode(v) == nil && out.Len() == len(raw)
	case "cbor":
		if cbor.Unmarshal(raw, &v) != nil {
			return false
		}
		out, err := cbor.Marshal(v)
		return err == nil && len(out) == len(raw)
	}
	return false
}

var producers = []producer{
	{"go msgpack map", "msgpack", true, func(r *rand.Rand) []byte { return packed(record(r, 4)) }},
	{"go msgpack struct", "msgpack", true, func(r *rand.Rand) []byte {
		return packed(struct {
			ID      int64   `msgpack:"id"`
			Views   uint32  `msgpack:"views"`
			Ratio   float32 `msgpack:"ratio"`
			Name    string  `msgpack:"name"`
			Deleted bool    `msgpack:"deleted"`
		}{r.Int64N(1 << 40), r.Uint32(), r.Float32(), someWord(r), r.IntN(2) == 0})
	}},
	{"go msgpack list", "msgpack", false, func(r *rand.Rand) []byte { return packed(items(r, 2+r.IntN(12))) }},
	{"go msgpack float", "msgpack", false, func(r *rand.Rand) []byte { return packed(math.Round(r.Float64()*1e6) / 1000) }},
	{"go msgpack time", "msgpack", false, func(r *rand.Rand) []byte { return packed(1_500_000_000_000 + r.Int64N(1e12)) }},
	{"go msgpack text", "msgpack", false, func(r *rand.Rand) []byte { return packed(someWord(r) + " " + someWord(r)) }},
	{"go cbor map", "cbor", true, func(r *rand.Rand) []byte { return cborBytes(record(r, 4)) }},
	{"go cbor list", "cbor", false, func(r *rand.Rand) []byte { return cborBytes(items(r, 2+r.IntN(12))) }},
	{"json", "json", true, func(r *rand.Rand) []byte { out, _ := json.Marshal(record(r, 3)); return out }},
	{"deflate of json", "deflate", false, func(r *rand.Rand) []byte {
		out, _ := json.Marshal(items(r, 20))
		return deflated(out)
	}},
	{"counter", "", false, func(r *rand.Rand) []byte {
		b := make([]byte, []int{2, 4, 8}[r.IntN(3)])
		n := uint64(1) << r.IntN(8*len(b))
		n = n | r.Uint64N(n)
		for i := range b {
			b[i] = byte(n >> (8 * i))
		}
		if r.IntN(2) == 0 {
			slices.Reverse(b)
		}
		return b
	}},
	{"digest", "", false, func(r *rand.Rand) []byte {
		m, s, l := md5.Sum(noise(r, 8)), sha1.Sum(noise(r, 8)), sha256.Sum256(noise(r, 8))
		return [][]byte{m[:], s[:], l[:], l[:28]}[r.IntN(4)]
	}},
	{"random", "", false, func(r *rand.Rand) []byte { return noise(r, 1+r.IntN(80)) }},
	{"floats", "", false, func(r *rand.Rand) []byte {
		var b []byte
		for range 1 + r.IntN(64) {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(r.NormFloat64())))
		}
		return b
	}},
	{"doubles", "", false, func(r *rand.Rand) []byte {
		var b []byte
		for range 1 + r.IntN(32) {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(r.NormFloat64()*1000))
		}
		return b
	}},
	{"shape and array", "", false, func(r *rand.Rand) []byte {
		h, w := 1+r.IntN(12), 1+r.IntN(12)
		b := binary.BigEndian.AppendUint32(nil, uint32(h))
		b = binary.BigEndian.AppendUint32(b, uint32(w))
		for range h * w {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(r.Float32()))
		}
		return b
	}},
	{"record", "", false, func(r *rand.Rand) []byte {
		b := binary.BigEndian.AppendUint32(nil, 1+r.Uint32N(1e6))
		b = binary.BigEndian.AppendUint32(b, 1_600_000_000+r.Uint32N(2e8))
		b = binary.BigEndian.AppendUint16(b, uint16(r.IntN(3)))
		return append(b, byte(r.IntN(2)))
	}},
	{"bloom filter", "", false, func(r *rand.Rand) []byte {
		b := make([]byte, 16<<r.IntN(5))
		for range len(b) * (1 + r.IntN(6)) {
			i := r.IntN(8 * len(b))
			b[i/8] |= 0x80 >> (i % 8)
		}
		return b
	}},
	{"roaring bitmap", "", false, func(r *rand.Rand) []byte {
		n := 1 + r.IntN(20)
		b := binary.LittleEndian.AppendUint32(nil, 12346)
		b = binary.LittleEndian.AppendUint32(b, 1)
		b = binary.LittleEndian.AppendUint16(b, uint16(r.IntN(3)))
		b = binary.LittleEndian.AppendUint16(b, uint16(n-1))
		b = binary.LittleEndian.AppendUint32(b, 16)
		for i := range n {
			b = binary.LittleEndian.AppendUint16(b, uint16(i*100+r.IntN(100)))
		}
		return b
	}},
	{"snowflake", "", false, func(r *rand.Rand) []byte {
		return binary.BigEndian.AppendUint64(nil, (400_000_000_000+r.Uint64N(1e11))<<22|r.Uint64N(1<<22))
	}},
	{"addresses", "", false, func(r *rand.Rand) []byte {
		b := []byte{192, 168, byte(r.IntN(256)), byte(r.IntN(256))}
		return append(b, byte(r.IntN(4)), byte(r.IntN(256)))
	}},
	{"varints", "", false, func(r *rand.Rand) []byte {
		var b []byte
		for range 1 + r.IntN(20) {
			b = binary.AppendUvarint(b, r.Uint64N(1<<r.IntN(20)))
		}
		return b
	}},
	{"pixels", "", false, func(r *rand.Rand) []byte {
		b := make([]byte, 3*(4+r.IntN(60)))
		v := r.IntN(256)
		for i := range b {
			v += r.IntN(9) - 4
			b[i] = byte(v)
		}
		return b
	}},
	{"utf-16", "", false, func(r *rand.Rand) []byte {
		var b []byte
		for _, c := range utf16.Encode([]rune(someWord(r) + " " + someWord(r))) {
			b = binary.LittleEndian.AppendUint16(b, c)
		}
		return b
	}},
	{"base62", "", false, func(r *rand.Rand) []byte {
		return []byte(strings.NewReplacer("+", "x", "/", "y", "=", "").Replace(base64.StdEncoding.EncodeToString(noise(r, 8+r.IntN(24)))))
	}},
}

func noise(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func packed(v any) []byte {
	out, err := msgpack.Marshal(v)
	if err != nil {
		panic(err)
	}
	return out
}

func cborBytes(v any) []byte {
	out, err := cbor.Marshal(v)
	if err != nil {
		panic(err)
	}
	return out
}

func deflated(b []byte) []byte {
	var out bytes.Buffer
	w, _ := flate.NewWriter(&out, 6)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func someWord(r *rand.Rand) string {
	return []string{"alpha", "delivery", "Zürich", "価格", "статус", "ok", "user-agent", "é", "北京", "naïve", "done"}[r.IntN(11)] + []string{"", "_id", "2", ""}[r.IntN(4)]
}

func record(r *rand.Rand, least int) map[string]any {
	m := map[string]any{}
	for len(m) < least+r.IntN(4) {
		m[someWord(r)+fmt.Sprint(r.IntN(5))] = someValue(r, 1)
	}
	return m
}

func items(r *rand.Rand, n int) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = someValue(r, 1)
	}
	return list
}

func someValue(r *rand.Rand, depth int) any {
	switch r.IntN(9) {
	case 0:
		return nil
	case 1:
		return r.IntN(2) == 0
	case 2:
		return r.IntN(200) - 40
	case 3:
		return 1_600_000_000 + r.IntN(2e8)
	case 4:
		return r.NormFloat64() * 100
	case 5:
		return r.Float32()
	case 6:
		if depth > 0 {
			return map[string]any{someWord(r): someValue(r, depth-1)}
		}
	case 7:
		if depth > 0 {
			return []any{someValue(r, depth-1), someValue(r, depth-1)}
		}
	}
	return someWord(r)
}
