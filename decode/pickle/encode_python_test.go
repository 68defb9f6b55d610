package pickle

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cacheview/decode/value"
)

func itoa(n int) string { return strconv.Itoa(n) }

// TestAppendIsWhatPythonWrites compares Append with the system's Python, over
// the named cases and a few hundred random trees.
func TestAppendIsWhatPythonWrites(t *testing.T) {
	t.Parallel()
	const python = "/usr/bin/python3"
	if _, err := os.Stat(python); err != nil {
		if os.Getenv("CACHEVIEW_REQUIRE_PYTHON") != "" {
			t.Fatal(err)
		}
		t.Skip("no python3")
	}
	cases := encodeCases()
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 300 {
		cases["random "+itoa(i)] = randomTree(rng, 4)
	}
	names := slices.Sorted(maps.Keys(cases))
	var in bytes.Buffer
	enc := json.NewEncoder(&in)
	for _, name := range names {
		if err := enc.Encode(tree(cases[name], nil)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), python, "testdata/encode_oracle.py")
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(names) {
		t.Fatalf("%d answers to %d trees", len(lines), len(names))
	}
	for i, name := range names {
		for j, want := range strings.Fields(lines[i]) {
			got, err := Append(nil, cases[name], j+2)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if h := hex.EncodeToString(got); h != want {
				t.Errorf("%s, protocol %d:\ngot  %.300s\nwant %.300s", name, j+2, h, want)
			}
		}
	}
}

// tree is v as the oracle reads it. Of a container that holds itself the second
// writing has no children; the oracle takes it by its id.
func tree(v value.Value, above []uint32) [3]any {
	id := v.ID()
	if id != 0 && slices.Contains(above, id) {
		return [3]any{"list", []any{}, id}
	}
	above = append(slices.Clip(above), id)
	children := func() any {
		out := []any{}
		for i := range v.Len() {
			out = append(out, tree(v.Items().At(i), above))
		}
		return out
	}
	switch v.Kind() {
	case value.Null:
		return [3]any{"none", nil, 0}
	case value.Bool:
		return [3]any{"bool", v.Bool(), 0}
	case value.Int:
		if n, ok := v.Int(); ok {
			return [3]any{"int", strconv.FormatInt(n, 10), 0}
		}
		return [3]any{"int", v.Text(), 0}
	case value.Float:
		bits := binary.BigEndian.AppendUint64(nil, math.Float64bits(v.Float()))
		return [3]any{"float", hex.EncodeToString(bits), 0}
	case value.Text:
		return [3]any{"str", hex.EncodeToString([]byte(v.Text())), 0}
	case value.Bytes:
		return [3]any{"bytes", hex.EncodeToString([]byte(v.Text())), 0}
	case value.Map:
		pairs := []any{}
		for i := range v.Len() {
			k, val := v.Pairs().At(i)
			pairs = append(pairs, [2]any{tree(k, above), tree(val, above)})
		}
		return [3]any{"dict", pairs, id}
	}
	if v.Tag() == "" {
		return [3]any{"list", children(), id}
	}
	return [3]any{v.Tag(), children(), id}
}

func randomTree(rng *rand.Rand, depth int) value.Value {
	kinds := 11
	if depth == 0 {
		kinds = 6
	}
	children := func() []value.Value {
		out := make([]value.Value, rng.IntN(6))
		for i := range out {
			out[i] = randomTree(rng, depth-1)
		}
		return out
	}
	switch rng.IntN(kinds) {
	case 0:
		return value.Nil
	case 1:
		return value.NewBool(rng.IntN(2) == 0)
	case 2:
		return num(int64(rng.Uint64()) >> rng.IntN(64))
	case 3:
		return value.NewFloat(rng.NormFloat64())
	case 4:
		return text(strings.Repeat(string(rune(rng.IntN(0xd000))), rng.IntN(5)))
	case 5:
		return value.NewBytes(strings.Repeat(string([]byte{byte(rng.IntN(256))}), rng.IntN(300)))
	case 6, 7:
		return list(children()...)
	case 8:
		return tuple(children()...)
	case 9:
		return set(num(1), num(2), num(3))
	}
	var pairs []value.Pair
	for i, v := range children() {
		pairs = append(pairs, value.Pair{Key: text("key" + itoa(i)), Value: v})
	}
	return dict(pairs...)
}
