package keyspace

// The classes of bytes that word boundaries are made of.
const (
	classDelimiter = iota
	classNonWord
	classLower // with the bytes of UTF-8 sequences
	classUpper
	classDigit
	numClasses
)

var (
	lowerByte = lowerBytes()
	classOf   = classes()
	bonusOf   = bonuses()
)

func lowerBytes() (table [256]byte) {
	for i := range table {
		table[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			table[i] += 'a' - 'A'
		}
	}
	return table
}

func classes() (table [256]uint8) {
	for i := range table {
		switch {
		case 'A' <= i && i <= 'Z':
			table[i] = classUpper
		case '0' <= i && i <= '9':
			table[i] = classDigit
		case 'a' <= i && i <= 'z', i >= 0x80:
			table[i] = classLower
		default:
			table[i] = classNonWord
		}
	}
	for _, c := range ":/.|,; " {
		table[c] = classDelimiter
	}
	return table
}

// bonuses gives what a character of the second class earns behind one of the
// first.
func bonuses() (table [numClasses][numClasses]int16) {
	for prev := range numClasses {
		for class := range numClasses {
			bonus := int16(0)
			switch {
			case class == classDelimiter || class == classNonWord:
				bonus = bonusBoundary
			case prev == classDelimiter:
				bonus = bonusDelimiter
			case prev == classNonWord:
				bonus = bonusBoundary
			case prev == classLower && class == classUpper, prev != classDigit && class == classDigit:
				bonus = bonusCamel
			}
			table[prev][class] = bonus
		}
	}
	return table
}
