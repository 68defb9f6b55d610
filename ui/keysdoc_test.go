package ui

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

const (
	tableStart = "<!-- keys: made from the program by go test ./ui -update -->"
	tableEnd   = "<!-- end of keys -->"
)

// keyTable returns the table of docs/keys.md, made from the key map.
func keyTable() string {
	var b strings.Builder
	b.WriteString("| key | does |\n| --- | --- |\n")
	for _, g := range newKeyMap().groups() {
		fmt.Fprintf(&b, "| **%s** | |\n", g.Title)
		for _, a := range g.Actions {
			fmt.Fprintf(&b, "| `%s` | %s |\n", keyMarkup(a), a.Long)
		}
	}
	return b.String()
}

// keyMarkup is the keys of an action, each in a code span of its own.
func keyMarkup(a action) string {
	if len(a.Keys()) == 0 {
		return a.Help().Key
	}
	return strings.ReplaceAll(a.Help().Key, " ", "` `")
}

func TestDocs_HaveTheKeys(t *testing.T) {
	const file = "../docs/keys.md"
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok1 := strings.Cut(string(raw), tableStart+"\n")
	table, tail, ok2 := strings.Cut(rest, tableEnd)
	if !ok1 || !ok2 {
		t.Fatal("docs/keys.md has no table of keys between its marks")
	}
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(file, []byte(head+tableStart+"\n"+keyTable()+tableEnd+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if table != keyTable() {
		t.Fatal("the keys of docs/keys.md are not the program's: go test ./ui -update")
	}
}
