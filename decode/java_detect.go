package decode

import "bytes"

// javaRows are what Java writes itself.
var javaRows = []row{
	{name: "java-serialized", trust: certain, sniff: sniffJava, parse: parseJava},
}

func sniffJava(in *input) (string, bool) {
	return "ac ed 00 05, the header of Java's ObjectOutputStream", bytes.HasPrefix(in.raw, []byte{0xac, 0xed, 0, 5})
}
