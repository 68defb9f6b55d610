package pickle_test

import (
	"strings"
	"testing"

	"cacheview/decode/pickle"
)

func TestDisassemble(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, data, want string }{
		{"scalars", "\x80\x04K\x07.", "0 PROTO 4 0|2 BININT1 7 0|4 STOP  1"},
		{"text opcodes", "(lp0\nI01\na.", "0 MARK  0|1 LIST  1|2 PUT 0 1|5 INT 01 1|9 APPEND  2|10 STOP  1"},
		{"two lines", "cos\nsystem\n.", "0 GLOBAL os system 0|11 STOP  1"},
		{"long", "\x8a\x02\x00\xff.", "0 LONG1 -256 0|4 STOP  1"},
		{"float", "G?\xf0\x00\x00\x00\x00\x00\x00.", "0 BINFLOAT 1 0|9 STOP  1"},
		{"ends after stop", "N.rest", "0 NONE  0|1 STOP  1"},
		{"marks", "\x80\x02](K\x01K\x02e.", "0 PROTO 2 0|2 EMPTY_LIST  0|3 MARK  1|4 BININT1 1 2|6 BININT1 2 3|8 APPENDS  4|9 STOP  1"},
		{"from a window", "e.", "0 APPENDS  0|1 STOP  0"},
		{"unknown opcode", "N\xff", "0 NONE  0|1 0xff  1 !no opcode"},
		{"cut argument", "N\x8c\x05ab", "0 NONE  0|1 SHORT_BINUNICODE  1 !the data ends inside this opcode"},
		{"cut line", "Vabc", "0 UNICODE  0 !the data ends inside this opcode"},
		{"impossible length", "\x8e\xff\xff\xff\xff\xff\xff\xff\xff", "0 BINBYTES8  0 !the data ends inside this opcode"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var lines []string
			for _, op := range pickle.Disassemble([]byte(tt.data), 100) {
				s := itoa(op.Offset) + " " + op.Name + " " + op.Arg + " " + itoa(op.Depth)
				if op.Err != "" {
					s += " !" + op.Err
				}
				lines = append(lines, s)
			}
			if got := strings.Join(lines, "|"); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestDisassembleStopsAtMax(t *testing.T) {
	t.Parallel()
	data := []byte(strings.Repeat("N0", 1000))
	if n := len(pickle.Disassemble(data, 10)); n != 10 {
		t.Errorf("%d opcodes, want 10", n)
	}
}

func TestDisassembleCutsArguments(t *testing.T) {
	t.Parallel()
	ops := pickle.Disassemble([]byte("V"+strings.Repeat("x", 5000)+"\n."), 10)
	if n := len(ops[0].Arg); n > 300 {
		t.Errorf("an argument of %d bytes", n)
	}
	if ops[1].Name != "STOP" {
		t.Errorf("then %+v, want STOP", ops[1])
	}
}
