package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// action is a thing the user can do: its keys, one or two words for the footer
// and a sentence for the help page.
type action struct {
	key.Binding
	Long string
}

// keyMap declares every key of the program once. The footer, the help page and
// the table of the README are made from it.
type keyMap struct {
	Up, Down, Top, Bottom, PageUp, PageDown, HalfUp, HalfDown action

	Filter, FilterMode, Open, Back, Tree, Sort, Reverse, Type, NoTTL action
	Mark, MarkAll, Unmark, Delete, DeleteAll, Clear, Undo            action
	Explain, Invalidate, FindCall, Calls                             action
	Rescan, Pane, Narrow, Widen, GoTo, Previous, Following           action
	TTL, Rename, Edit, Pager                                         action

	Fold, FoldAll, ViewAs, DecodeAs, Search, Next, Prev, CopyValue, CopyKey, Wrap action

	Mouse, Help, Quit, Interrupt, Yes, No action
}

// group is one titled block of the help page.
type group struct {
	Title   string
	Actions []action
}

func bind(help, short, long string, keys ...string) action {
	return action{key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, short)), long}
}

func newKeyMap() keyMap {
	return keyMap{
		Up:       bind("k ↑", "up", "up", "k", "up"),
		Down:     bind("j ↓", "down", "down", "j", "down"),
		Top:      bind("g", "top", "to the first", "g", "home"),
		Bottom:   bind("G", "bottom", "to the last", "G", "end"),
		PageUp:   bind("pgup", "page up", "a page up", "pgup", "ctrl+b"),
		PageDown: bind("pgdn", "page down", "a page down", "pgdown", "ctrl+f"),
		HalfUp:   bind("ctrl+u", "half up", "half a page up", "ctrl+u"),
		HalfDown: bind("ctrl+d", "half down", "half a page down", "ctrl+d"),
		Pane:     bind("tab", "pane", "to the other pane", "tab"),
		Narrow:   bind("<", "narrower", "make the key pane narrower", "<"),
		Widen:    bind(">", "wider", "make the key pane wider", ">"),

		Filter:     bind("/", "filter", "filter by prefix; with a * by glob", "/"),
		FilterMode: bind("ctrl+g", "mode", "prefix, text, glob, fuzzy or regexp", "ctrl+g"),
		Open:       bind("enter", "open", "open the value; fold or unfold a prefix", "enter", "l", "right"),
		Back:       bind("esc", "back", "back; on the keys, drop the filter", "esc", "h", "left"),
		Tree:       bind("t", "tree", "tree by prefix, or flat list", "t"),
		Sort:       bind("s", "sort", "sort by name, TTL or size in turn", "s"),
		Reverse:    bind("S", "reverse", "reverse the order", "S"),
		Type:       bind("T", "type", "show one type only, in turn", "T"),
		NoTTL:      bind("E", "no TTL", "show only keys that never expire", "E"),
		Rescan:     bind("r", "rescan", "read the keys again", "r"),

		GoTo:      bind("J", "go to", "go to a key by its whole name", "J"),
		Previous:  bind("[", "back", "to the key visited before", "["),
		Following: bind("]", "forward", "to the key visited after", "]"),

		TTL:    bind("e", "TTL", "set, add to or remove the time to live", "e"),
		Rename: bind("R", "rename", "rename the key", "R"),
		Pager:  bind("o", "pager", "open the value in $PAGER", "o"),
		Edit:   bind("O", "edit", "open the value in $EDITOR; text can be changed", "O"),

		Explain:    bind("x", "explain", "what this key is, and who made it", "x"),
		Invalidate: bind("i", "invalidate", "make a memoized function run again", "i"),
		FindCall:   bind(":", "find call", "go to square(4) or /page?x=1", ":"),
		Calls:      bind("f", "calls", "calls beside the keys, or keys alone", "f"),

		Mark:      bind("space", "mark", "mark this key", "space"),
		MarkAll:   bind("a", "mark all", "mark all keys shown", "a"),
		Unmark:    bind("A", "unmark", "unmark all", "A"),
		Delete:    bind("d", "delete", "delete the marked, or this key or prefix", "d"),
		DeleteAll: bind("D", "delete matches", "delete every key the filter matches", "D"),
		Clear:     bind("C", "clear", "clear a prefix or the whole database", "C"),
		Undo:      bind("u", "undo", "undo the last delete", "u"),

		Fold:      bind("z", "fold", "fold or unfold", "z"),
		FoldAll:   bind("Z", "fold all", "fold or unfold everything", "Z"),
		ViewAs:    bind("v", "view as", "decoded, raw, hex or pickle opcodes", "v"),
		DecodeAs:  bind("V", "decode as", "choose the format to read the value as", "V"),
		Wrap:      bind("w", "wrap", "wrap long lines or cut them", "w"),
		Search:    bind("/", "search", "search in the value", "/"),
		Next:      bind("n", "next", "next match", "n"),
		Prev:      bind("N", "previous", "previous match", "N"),
		CopyValue: bind("y", "copy", "copy the value to the clipboard", "y"),
		CopyKey:   bind("Y", "copy key", "copy the key to the clipboard", "Y"),

		Mouse:     bind("m", "mouse", "leave the mouse to the terminal, or not", "m"),
		Help:      bind("?", "help", "this page", "?"),
		Quit:      bind("q", "quit", "quit", "q"),
		Interrupt: bind("ctrl+c", "quit", "quit at once, from anywhere", "ctrl+c"),
		Yes:       bind("y", "do it", "do it", "y", "Y"),
		No:        bind("n", "leave it", "do nothing", "n", "N", "esc", "q"),
	}
}

// groups is the help page in reading order.
func (k keyMap) groups() []group {
	return []group{
		{"Move", []action{k.Up, k.Down, k.Top, k.Bottom, k.PageUp, k.PageDown, k.HalfUp, k.HalfDown, k.Pane, k.Narrow, k.Widen}},
		{"Find", []action{k.Filter, k.FilterMode, k.Open, k.Back, k.Tree, k.Sort, k.Reverse, k.Type, k.NoTTL, k.GoTo, k.Previous, k.Following, k.Rescan}},
		{"Flask-Caching and others", []action{k.Explain, k.FindCall, k.Invalidate, k.Calls}},
		{"Delete", []action{k.Delete, k.DeleteAll, k.Clear, k.Undo, k.Mark, k.MarkAll, k.Unmark}},
		{"Change", []action{k.TTL, k.Rename, k.Edit, k.Pager}},
		{"In the value", []action{k.ViewAs, k.DecodeAs, k.Fold, k.FoldAll, k.Search, k.Next, k.Prev, k.Wrap, k.CopyValue, k.CopyKey}},
		{"Program", []action{k.Mouse, k.Help, k.Quit, k.Interrupt}},
	}
}

// keysHints and valueHints are the footers of the two panes, most useful first:
// a narrow footer drops from the end.
func (k keyMap) keysHints() []action {
	return []action{k.Help, k.Filter, k.Open, k.Delete, k.Clear, k.Undo, k.Explain, k.Sort, k.Tree, k.Mark, k.TTL, k.DeleteAll, k.Pane, k.Quit}
}

func (k keyMap) valueHints() []action {
	return []action{k.Help, k.Back, k.Fold, k.ViewAs, k.DecodeAs, k.Search, k.CopyValue, k.Delete, k.Wrap, k.FoldAll, k.Pane, k.Quit}
}

// hits tells whether msg is one of a's keys. On a keyboard that is not Latin
// the key's place on a US layout counts too, where the terminal tells it.
func hits(msg tea.KeyPressMsg, a action) bool {
	if key.Matches(msg, a.Binding) {
		return true
	}
	if msg.BaseCode == 0 || msg.BaseCode == msg.Code || msg.BaseCode > 127 || msg.Mod != 0 {
		return false
	}
	base := string(msg.BaseCode)
	for _, k := range a.Keys() {
		if k == base {
			return a.Enabled()
		}
	}
	return false
}
