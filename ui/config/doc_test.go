package config

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// TestEveryKeyIsDocumented holds the table of docs/connections.md against what
// is read.
func TestEveryKeyIsDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/connections.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllSubmatch(text, -1) {
		documented = append(documented, string(m[1]))
	}
	slices.Sort(documented)
	known := SettingNames()
	for _, key := range known {
		if !slices.Contains(documented, key) {
			t.Errorf("%s is not documented", key)
		}
	}
	for _, key := range documented {
		if !slices.Contains(known, key) {
			t.Errorf("%s is documented and unknown", key)
		}
	}
}

// TestTheExampleIsRight reads the example of the page.
func TestTheExampleIsRight(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/connections.md")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)```toml\n(.*?)```").FindSubmatch(text)
	if m == nil {
		t.Fatal("no example")
	}
	f, err := Parse("example", string(m[1]), []string{"theme"})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Connections) != 1 || len(f.Decoders) != 1 || len(f.Keys) != 1 {
		t.Errorf("%+v", f)
	}
}
