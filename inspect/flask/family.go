package flask

import (
	"bytes"
	"context"
	"fmt"
)

// A family is the suspects of one prefix that end in the same version. Two or
// more results of one function whose version is gone make one. So do names
// that a person or a program made with a common ending, which is why the
// digests must look like hashes and the version like chance.

// familyKey is the prefix and the version that a family has in common.
type familyKey struct {
	prefix  string
	version string
	length  int // of the names behind the prefix
}

// family is a family and the evidence for and against it.
type family struct {
	familyKey
	count   int
	sample  []string // digests, at most familySample
	cased   int      // digests with small and capital letters
	special int      // digests with + or /
	reason  string   // against it
	proven  bool
}

// familySample limits the digests of a family that are compared.
const familySample = 512

// familyOf returns the family of a suspect. A result of a method has two
// versions; the one that is dead is what its family has in common.
func (f *Index) familyOf(name []byte, prefix string) familyKey {
	rest := string(name[len(prefix):])
	v := rest[len(rest)-versionLen:]
	if len(rest) == methodLen {
		first := rest[digestLen:entryLen]
		if _, live := f.versions[version([]byte(first))]; !live {
			v = first
		}
	}
	return familyKey{prefix, v, len(rest)}
}

func (m *family) add(digest []byte) {
	m.count++
	if bothCases(digest) {
		m.cased++
	}
	if bytes.ContainsAny(digest, "+/") {
		m.special++
	}
	if len(m.sample) < familySample {
		m.sample = append(m.sample, string(digest))
	}
}

// why says why a family proves nothing.
func (m *family) why() string {
	switch {
	case m.reason != "":
		return m.reason
	case m.count < 2:
		return "no other key ends in " + m.version + ", and its call is not known: it may be a result whose version is gone, or any key with such a name"
	}
	return "it is not known what the keys that end in " + m.version + " are"
}

// checkFamilies decides which families are proven.
func (f *Index) checkFamilies(ctx context.Context, src Source) error {
	open := map[string][]int32{}
	for i := range f.suspects.families {
		m := &f.suspects.families[i]
		if m.count < 2 {
			continue
		}
		if _, live := f.versions[version([]byte(m.version))]; live {
			m.reason = "its ending is the live version of another function"
			continue
		}
		if m.reason = m.looksMade(); m.reason == "" {
			open[m.version] = append(open[m.version], int32(i))
		}
	}
	if len(open) == 0 {
		return nil
	}
	f.vetoByOthers(open)
	return f.vetoByValues(ctx, src)
}

// vetoByOthers looks for names under the prefix of a family that end as it does
// and are not named like results.
func (f *Index) vetoByOthers(open map[string][]int32) {
	for id := range uint32(f.snap.IDCount()) {
		name := f.snap.Name(id)
		if len(name) < versionLen {
			continue
		}
		for _, at := range open[string(name[len(name)-versionLen:])] {
			m := &f.suspects.families[at]
			rest, ok := bytes.CutPrefix(name, []byte(m.prefix))
			if !ok || m.prefix == "" && len(rest) > methodLen {
				continue
			}
			if len(rest) != entryLen && len(rest) != methodLen || !IsBase64(rest) {
				m.reason = "other keys that are not results end in " + m.version + " as well"
			}
		}
	}
}

// familyValues is how many values of a family are read.
const familyValues = 3

// vetoByValues reads some values of each family that is left: the library
// writes a pickle behind "!", or a number. An app with a serializer of its own
// shows that in its version keys.
func (f *Index) vetoByValues(ctx context.Context, src Source) error {
	var names [][]byte
	var of []int32
	read := make([]int, len(f.suspects.families))
	for i := range f.suspects.list {
		s := &f.suspects.list[i]
		m := &f.suspects.families[s.family]
		if m.count < 2 || m.reason != "" || read[s.family] == familyValues {
			continue
		}
		read[s.family]++
		names, of = append(names, f.snap.Name(s.id)), append(of, s.family)
	}
	seen := make([]int, len(f.suspects.families))
	err := src.Heads(ctx, names, headBytes, func(i int, head []byte, err error) {
		m := &f.suspects.families[of[i]]
		switch {
		case err != nil:
			m.reason = "its value cannot be read: " + err.Error()
		case len(head) == 0: // gone, or empty
		case !WrittenByLibrary(head) && !f.OwnSerializer(m.prefix):
			m.reason = "values of keys that end in " + m.version + " are not written as Flask-Caching writes them"
		default:
			seen[of[i]]++
		}
	})
	if err != nil {
		return err
	}
	for i := range f.suspects.families {
		if m := &f.suspects.families[i]; m.count >= 2 && m.reason == "" {
			m.proven = seen[i] > 0
		}
	}
	return nil
}

// looksMade returns why the names of a family look made, by a person or by
// counting, rather than hashed. It is empty when they look like base64 of a
// hash and of random bytes. Each rule fails for less than one in a hundred
// families of real results.
func (m *family) looksMade() string {
	made := func(format string, args ...any) string {
		return "the keys that end in " + m.version + " do not look like hashes: " + fmt.Sprintf(format, args...)
	}
	switch {
	case readsAsWords(m.version):
		return made("%q reads as a word", m.version)
	case isCounted(m.version), isSequence(m.version):
		return made("%q does not look like chance", m.version)
	case m.special == 0 && isOneCase(m.version):
		return made("%q has letters of one case, and none has a + or a /", m.version)
	case (m.count-m.cased)*20 > m.count:
		return made("they have letters of one case")
	case m.special == 0 && m.count >= 12:
		return made("none has a + or a /")
	}
	return m.alike(made)
}

// alike looks for what chance does not put into several digests.
func (m *family) alike(made func(string, ...any) string) string {
	n := len(m.sample)
	// Pairs with the first four characters in common: one in 16.7 million.
	starts := map[string]int{}
	pairs := 0
	for _, d := range m.sample {
		pairs += starts[d[:4]]
		starts[d[:4]]++
	}
	if pairs > 0 && (n < 100 || pairs > 3) {
		return made("they begin alike")
	}
	digits, same := 0, 0
	for i := range digestLen {
		allDigits, allSame := true, true
		for _, d := range m.sample {
			allDigits = allDigits && '0' <= d[i] && d[i] <= '9'
			allSame = allSame && d[i] == m.sample[0][i]
		}
		if allDigits {
			digits++
		}
		if allSame {
			same++
		}
	}
	limit := map[int]int{2: 2, 3: 1, 4: 1}[n]
	if digits > limit {
		return made("they have digits in the same places")
	}
	if same > limit {
		return made("they are alike in the same places")
	}
	few := m.sample[:min(n, 8)]
	for i, a := range few {
		for _, b := range few[:i] {
			for at := range digestLen - 3 {
				if bytes.Contains([]byte(b), []byte(a[at:at+4])) {
					return made("they have %q in common", a[at:at+4])
				}
			}
		}
	}
	return ""
}

// readsAsWords reports whether six characters look like words or a number, as
// people write them: "Avatar", "PdfDoc", "page01", "202611".
func readsAsWords(s string) bool {
	letters := 0
	for letters < len(s) && (s[letters]|0x20 >= 'a' && s[letters]|0x20 <= 'z') {
		letters++
	}
	for _, c := range []byte(s[letters:]) {
		if c < '0' || c > '9' {
			return false
		}
	}
	if letters == 0 {
		return true // a number
	}
	if letters < 2 {
		return false
	}
	text := s[:letters]
	upper, lower := 0, 0
	for _, c := range []byte(text) {
		if c >= 'a' {
			lower++
		} else {
			upper++
		}
	}
	if lower == 0 {
		return hasVowel(text)
	}
	// Words that begin with a capital letter, but for the first.
	start := 0
	for i := 1; i <= len(text); i++ {
		if i < len(text) && text[i] >= 'a' {
			continue
		}
		if i-start < 2 || !hasVowel(text[start:i]) {
			return false
		}
		start = i
	}
	return true
}

func hasVowel(s string) bool { return bytes.ContainsAny([]byte(s), "aeiouyAEIOUY") }

// isCounted reports whether most of six characters are digits, as in v00003: one in
// 140 versions has four.
func isCounted(s string) bool {
	digits := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			digits++
		}
	}
	return digits >= 4
}

// isSequence reports whether six characters repeat each other or follow each other in
// the alphabet: xxxxxx, ababab, AbCdEf.
func isSequence(s string) bool {
	seen := map[byte]bool{}
	next := 0
	for i := range len(s) {
		seen[s[i]] = true
		if i > 0 && s[i]|0x20 == s[i-1]|0x20+1 {
			next++
		}
	}
	return len(seen) <= 3 || next >= 4
}

// isOneCase reports whether the letters of a version are all small or all capital,
// without a + or a /: one in sixteen is.
func isOneCase(s string) bool {
	upper, lower := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z':
			lower++
		case 'A' <= c && c <= 'Z':
			upper++
		case !isDigit(c):
			return false
		}
	}
	return upper == 0 || lower == 0
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
