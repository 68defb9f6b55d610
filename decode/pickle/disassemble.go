package pickle

// Op is one opcode of a disassembly.
type Op struct {
	Offset int    // byte offset of the opcode
	Name   string // as pickletools calls it: "SHORT_BINUNICODE"
	Arg    string // the argument as text, not yet made safe for a terminal
	Depth  int    // values on the stack before the opcode, marks included
	Err    string // why the listing ends here, empty for a whole opcode
}

// Disassemble lists at most max opcodes from the start of data, which may be
// any window of a pickle. A last Op with Err tells what could not be read.
func Disassemble(data []byte, max int) []Op { return nil }
