package decode

import (
	"strings"
	"testing"
)

// TestPrintableName_OneTextPerName holds that no two names have one printed
// form, that the form is one line without control characters, and that reading
// it gives the name back.
func TestPrintableName_OneTextPerName(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, name := range []string{
		"", `""`, `\x22"`, `\`, `\\`, `\n`, "\n", "\xff", `\xff`, "ÿ", `\u00ff`, " ", "  ", "   ", "a ", "a  ", `a\x20`, " a", "-", "--yes", `\x2d`,
		"a\nb", `a\nb`, "a\tb", "\x00", "\x1b[2J", "é", "e\u0301", strings.Repeat("\u0301", 9), "\u202eabc", "a\u200bb", "👩‍👩‍👧", "\\\xff", "- ", "-  ", `C:\dir\new`, " -",
	} {
		text := PrintableName([]byte(name))
		if other, ok := seen[text]; ok && other != name {
			t.Errorf("%q and %q are both printed as %s", name, other, text)
		}
		seen[text] = name
		checkPrinted(t, name, text)
	}
}

func checkPrinted(t *testing.T, name, text string) {
	t.Helper()
	if text == "" || text[0] == '-' || strings.TrimSpace(text) != text || strings.ContainsAny(text, "\n\r\t\x1b") {
		t.Errorf("the printed form of %q is %q", name, text)
	}
	back, err := ParseName(text)
	if err != nil || string(back) != name {
		t.Errorf("%q is printed as %s, which is read as %q, %v", name, text, back, err)
	}
}

func TestParseName_NoEscape(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`\`, `a\`, `\q`, `\x`, `\x1`, `\xg1`, `\u12`, `\ud800`, `\Uffffffff`, `\0`, `\é`, `\x+1`, `\u+123`} {
		if name, err := ParseName(text); err == nil {
			t.Errorf("%s is read as %q", text, name)
		} else if !strings.Contains(err.Error(), `\\`) {
			t.Errorf("%s: %v does not say how a backslash is written", text, err)
		}
	}
}

func FuzzPrintableName(f *testing.F) {
	f.Add("a\\n\xff ")
	f.Fuzz(func(t *testing.T, name string) {
		checkPrinted(t, name, PrintableName([]byte(name)))
		if part := PrintableNamePart([]byte(name), true); name != "" && part != "" && part != `""` {
			if back, err := ParseName(part); err != nil || string(back) != name {
				t.Errorf("part %q is printed as %s, which is read as %q, %v", name, part, back, err)
			}
		}
	})
}
