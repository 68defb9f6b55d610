package flaskcaching

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"cacheview/decode/value"
)

// reprs answers each line, "str HEX", "bytes HEX" or "float BITS", with the
// hex of the repr, and ends with the ranges of what is printable.
const reprs = `
import struct, sys
for line in sys.stdin:
    kind, data = line.rstrip("\n").split(" ")
    raw = bytes.fromhex(data)
    v = {"str": lambda: raw.decode("utf-8", "surrogatepass"), "bytes": lambda: raw,
         "float": lambda: struct.unpack(">d", raw)[0]}[kind]()
    print(repr(v).encode("utf-8", "surrogatepass").hex())
print("".join("01"[chr(c).isprintable()] for c in range(0x110000)))
`

// TestReprIsPythons compares quoting, floats and what is printable with the
// system's Python.
func TestReprIsPythons(t *testing.T) {
	t.Parallel()
	const python = "/usr/bin/python3"
	if _, err := os.Stat(python); err != nil {
		if os.Getenv("CACHEVIEW_REQUIRE_PYTHON") != "" {
			t.Fatal(err)
		}
		t.Skip("no python3")
	}
	values := []value.Value{
		text(""), text("plain"), text("it's"), text(`say "hi"`), text(`it's "both"`), text(`back\slash`),
		text("tab\tline\nreturn\rnul\x00bell\x07del\x7f"), text("é\u00a0\u00ad\u2028\ufeff\u200b\u3000😀\U000e0001\U0010ffff"),
		text("a\xed\xa0\x80b").WithTag("wtf8"), text("日本語"),
		value.NewBytes(""), value.NewBytes("it's \"\x00\xff\n\\"), value.NewBytes("it's"),
	}
	for _, f := range []float64{
		0, math.Copysign(0, -1), 1, 1.5, 0.1, 1e15, 1e16, 123456789012345678, 1e-4, 1e-5, 1.5e300,
		5e-324, math.MaxFloat64, math.NaN(), math.Inf(1), math.Inf(-1), 1 / 3.0, 9999999999999998,
	} {
		values = append(values, value.NewFloat(f), value.NewFloat(-f))
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		values = append(values, value.NewFloat(math.Float64frombits(rng.Uint64())), value.NewFloat(rng.NormFloat64()))
	}
	var in strings.Builder
	for _, v := range values {
		switch v.Kind() {
		case value.Float:
			fmt.Fprintf(&in, "float %016x\n", math.Float64bits(v.Float()))
		case value.Bytes:
			fmt.Fprintf(&in, "bytes %x\n", v.Text())
		default:
			fmt.Fprintf(&in, "str %x\n", v.Text())
		}
	}
	cmd := exec.CommandContext(t.Context(), python, "-c", reprs)
	cmd.Stdin, cmd.Stderr = strings.NewReader(in.String()), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(values)+1 {
		t.Fatalf("%d answers to %d questions", len(lines), len(values))
	}
	for i, v := range values {
		want, _ := hex.DecodeString(lines[i])
		if got, err := PyRepr(v); err != nil || got != string(want) {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
	differ := 0
	for c := rune(0x80); c <= utf8.MaxRune; c++ {
		if (0xd800 > c || c > 0xdfff) && printable(c) != (lines[len(values)][c] == '1') {
			differ++
		}
	}
	// Go's tables are of Unicode 15, those of Python 3.11 of 14; 4,489
	// characters came between.
	if differ > 5000 {
		t.Errorf("%d characters are printable on one side only", differ)
	}
	t.Log(strconv.Itoa(differ) + " characters are printable on one side only")
}
