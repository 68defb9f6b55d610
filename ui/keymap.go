package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
)

// action is a thing the user can do: a name that stays the same whatever the
// program says on screen (the palette and the configuration know it by that),
// its keys, one or two words for the footer and a sentence for the help page.
// An action without keys is in the palette only.
type action struct {
	key.Binding
	ID   string
	Long string
}

// scope is where an action works.
type scope int

const (
	anywhere scope = iota
	inKeys
	inValue
	inPages
)

// keyMap declares every key of the program once. The footer, the help page and
// docs/keys.md are made from it.
type keyMap struct {
	Up, Down, Top, Bottom, PageUp, PageDown, HalfUp, HalfDown action

	Filter, FilterMode, Open, In, Out, Back, Tree, Sort, Reverse, Type, NoTTL  action
	Mark, MarkRange, MarkAll, Unmark, Delete, DeleteAll, Clear, Undo, Journals action
	Explain, Invalidate, FindCall, Calls                                       action
	Rescan, Pane, Narrow, Widen, Zoom, GoTo, Previous, Following               action
	TTL, TTLMatches, Rename, Edit, Pager, Export                               action

	Fold, FoldAll, ViewAs, DecodeAs, Highest, Similar, Search, Next, Prev, CopyValue, CopyKey, Wrap, Numbers, Left, Right action

	KeysPage, ServerPage, ActivityPage, Sample, Switch action

	Palette, Mouse, Redraw, Suspend, Help, Quit, Interrupt, Yes, No action
}

// name is the keys of an action as messages call them: the first of them.
func (a action) name() string {
	first, _, _ := strings.Cut(a.Help().Key, " ")
	return first
}

// group is one titled block of the help page: actions of one scope.
type group struct {
	Title   string
	On      scope
	Actions []action
}

// bind makes an action. id is in kebab-case, as delete-matches.
func bind(id, help, short, long string, keys ...string) action {
	return action{key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, short)), id, long}
}

func newKeyMap() keyMap {
	return keyMap{
		Up:       bind("up", "k ↑", "up", "up", "k", "up", "ctrl+p", "ctrl+k"),
		Down:     bind("down", "j ↓", "down", "down", "j", "down", "ctrl+n", "ctrl+j"),
		Top:      bind("top", "g", "top", "go to the first row", "g", "home"),
		Bottom:   bind("bottom", "G", "bottom", "go to the last row", "G", "end"),
		PageUp:   bind("page-up", "pgup", "page up", "a page up", "pgup", "ctrl+b"),
		PageDown: bind("page-down", "pgdn", "page down", "a page down", "pgdown", "ctrl+f"),
		HalfUp:   bind("half-page-up", "ctrl+u", "half up", "half a page up", "ctrl+u"),
		HalfDown: bind("half-page-down", "ctrl+d", "half down", "half a page down", "ctrl+d"),
		Pane:     bind("other-pane", "tab", "pane", "switch to the other pane", "tab"),
		Narrow:   bind("narrower", "<", "narrower", "make the key pane narrower", "<"),
		Widen:    bind("wider", ">", "wider", "make the key pane wider", ">"),

		Zoom: bind("zoom", "+", "zoom", "show this pane alone, or both", "+"),

		Filter:     bind("filter", "/", "filter", "filter keys by prefix, or by substring if no prefix matches", "/"),
		FilterMode: bind("filter-mode", "ctrl+g", "mode", "prefix, contains, glob, fuzzy or regexp", "ctrl+g"),
		Open:       bind("open", "enter", "open", "open the value; expand or collapse a prefix", "enter"),
		In:         bind("step-in", "l →", "in", "expand, or step into; open", "l", "right"),
		Out:        bind("step-out", "h ←", "out", "collapse, or go to the parent", "h", "left"),
		Back:       bind("back", "esc", "back", "back; in the key list, clear the filter", "esc", "backspace"),
		Tree:       bind("tree", "t", "tree", "tree by prefix, or flat list", "t"),
		Sort:       bind("sort", "s", "sort", "cycle the sort order: name, TTL, size", "s"),
		Reverse:    bind("reverse", "S", "reverse", "reverse the order", "S"),
		Type:       bind("filter-type", "T", "type", "cycle the filter by type", "T"),
		NoTTL:      bind("filter-no-ttl", "E", "no TTL", "show only keys without expiry", "E"),
		Rescan:     bind("rescan", "r", "rescan", "list the keys again", "r"),

		GoTo:      bind("go-to-key", "J", "go to", "go to a key by its exact name", "J"),
		Previous:  bind("back-in-history", "[", "back", "go to the previously visited key", "[", "ctrl+o"),
		Following: bind("forward-in-history", "]", "forward", "go to the next visited key", "]"),

		TTL:        bind("change-ttl", "e", "TTL", "set, extend or remove the TTL", "e"),
		TTLMatches: bind("change-ttl-of-matches", "ctrl+t", "TTL of matches", "change the TTL of every key the filter matches", "ctrl+t"),
		Rename:     bind("rename", "R", "rename", "rename the key", "R"),
		Pager:      bind("pager", "o", "pager", "open the value in $PAGER", "o"),
		Edit:       bind("edit", "O", "edit", "open the value in $EDITOR; text can be changed", "O"),

		Export: bind("export", "X", "export", "write keys to a file, exactly; import reads it", "X"),

		Explain:    bind("explain", "x", "explain", "explain this key: framework, call, status", "x"),
		Invalidate: bind("invalidate", "i", "invalidate", "invalidate a memoized function", "i"),
		FindCall:   bind("find-call", ":", "find call", "type square(4) or /page?x=1 to go to its entry"),
		Calls:      bind("show-calls", "f", "calls", "show calls or key names", "f"),

		Mark:      bind("mark", "space", "mark", "mark this key", "space"),
		MarkRange: bind("mark-range", "ctrl+spc", "mark range", "mark everything from the last mark to here", "ctrl+space"),
		MarkAll:   bind("mark-all", "a", "mark all", "mark all keys shown", "a"),
		Unmark:    bind("unmark-all", "A", "unmark", "unmark all", "A"),
		Delete:    bind("delete", "d", "delete", "delete the marked keys, or this key or prefix", "d"),
		DeleteAll: bind("delete-matches", "D", "delete matches", "delete every key the filter matches", "D"),
		Clear:     bind("clear", "C", "clear", "clear a prefix or the whole database", "C"),
		Undo:      bind("undo", "u", "undo", "undo the last delete", "u"),
		Journals:  bind("journals", "U", "undo…", "choose a delete to undo", "U"),

		Fold:      bind("fold", "z", "fold", "expand or collapse", "z"),
		FoldAll:   bind("fold-all", "Z", "fold all", "expand or collapse everything", "Z"),
		ViewAs:    bind("view-as", "v", "view as", "decoded, table or tree, raw, hex, pickle opcodes", "v"),
		DecodeAs:  bind("decode-as", "V", "decode as", "choose the format to read the value as", "V"),
		Highest:   bind("highest-first", "S", "highest", "order of a sorted set's scores", "S"),
		Similar:   bind("similar", "~", "similar", "vector set: elements like this one", "~"),
		Wrap:      bind("wrap", "w", "wrap", "wrap or cut long lines", "w"),
		Numbers:   bind("line-numbers", "#", "numbers", "toggle line numbers", "#"),
		Left:      bind("scroll-left", "H", "left", "scroll a table or cut lines to the left", "H", "shift+left"),
		Right:     bind("scroll-right", "L", "right", "scroll a table or cut lines to the right", "L", "shift+right"),
		Search:    bind("search", "/", "search", "search in the value", "/"),
		Next:      bind("next-match", "n", "next", "next match", "n"),
		Prev:      bind("previous-match", "N", "previous", "previous match", "N"),
		CopyValue: bind("copy-value", "y", "copy", "copy the value to the clipboard", "y"),
		CopyKey:   bind("copy-key", "Y", "copy key", "copy the key to the clipboard", "Y"),

		KeysPage:     bind("keys-page", "1", "keys", "the keys", "1"),
		ServerPage:   bind("server-page", "2", "server", "server health and memory by prefix", "2"),
		ActivityPage: bind("activity-page", "3", "activity", "live changes; hit ratio by prefix", "3"),
		Sample:       bind("sample", "s", "sample", "run MONITOR for 10 s (asks first)", "s"),

		Switch:    bind("switch", "c", "switch", "switch to another database or saved connection", "c"),
		Mouse:     bind("mouse", "m", "mouse", "toggle mouse support", "m"),
		Redraw:    bind("redraw", "ctrl+l", "redraw", "redraw the screen", "ctrl+l"),
		Suspend:   bind("suspend", "ctrl+z", "suspend", "suspend to the shell; fg resumes", "ctrl+z"),
		Palette:   bind("palette", ":", "actions", "open the command palette", ":"),
		Help:      bind("help", "?", "help", "show the keys of this pane; again, of the page", "?"),
		Quit:      bind("quit", "q", "quit", "quit", "q"),
		Interrupt: bind("quit-now", "ctrl+c", "quit", "quit at once, from anywhere", "ctrl+c"),
		Yes:       bind("yes", "y", "confirm", "confirm", "y", "Y"),
		No:        bind("no", "n", "cancel", "cancel", "n", "N", "esc", "q"),
	}
}

// groups is the help page in reading order.
func (k keyMap) groups() []group {
	return []group{
		{"Move", anywhere, []action{k.Up, k.Down, k.Top, k.Bottom, k.PageUp, k.PageDown, k.HalfUp, k.HalfDown, k.Pane, k.Narrow, k.Widen, k.Zoom}},
		{"Find", inKeys, []action{k.Filter, k.FilterMode, k.Open, k.In, k.Out, k.Back, k.Tree, k.Sort, k.Reverse, k.Type, k.NoTTL, k.Rescan}},
		{"Go", anywhere, []action{k.GoTo, k.Previous, k.Following}},
		{"Flask-Caching and others", anywhere, []action{k.Explain, k.FindCall, k.Invalidate, k.Calls}},
		{"Delete", anywhere, []action{k.Delete, k.DeleteAll, k.Clear, k.Undo, k.Journals}},
		{"Mark", inKeys, []action{k.Mark, k.MarkRange, k.MarkAll, k.Unmark}},
		{"Change", anywhere, []action{k.TTL, k.TTLMatches, k.Rename, k.Edit, k.Pager, k.Export}},
		{"In the value", inValue, []action{k.ViewAs, k.DecodeAs, k.Highest, k.Similar, k.Fold, k.FoldAll, k.Search, k.Next, k.Prev, k.Wrap, k.Left, k.Right, k.Numbers, k.CopyValue, k.CopyKey}},
		{"Pages", anywhere, []action{k.KeysPage, k.ServerPage, k.ActivityPage}},
		{"On the activity page", inPages, []action{k.Sample}},
		{"Program", anywhere, []action{k.Palette, k.Switch, k.Mouse, k.Redraw, k.Suspend, k.Help, k.Quit, k.Interrupt}},
	}
}

// keysHints and valueHints are the footers of the two panes, most useful first:
// a narrow footer drops from the end.
func (k keyMap) keysHints() []action {
	return []action{k.Help, k.Filter, k.Open, k.Delete, k.Clear, k.Undo, k.Explain, k.Sort, k.Tree, k.Mark, k.TTL, k.DeleteAll, k.Palette, k.Pane, k.Quit}
}

// pageHints is the footer of a page.
func (k keyMap) pageHints(at page) []action {
	if at == activityPage {
		return []action{k.Help, k.KeysPage, k.ServerPage, k.Sample, k.Down, k.Up, k.Palette, k.Quit}
	}
	return []action{k.Help, k.KeysPage, k.ActivityPage, k.Rescan, k.Down, k.Up, k.Palette, k.Quit}
}

// pageActions is all that works on a page.
func (k keyMap) pageActions(at page) []action {
	return append(k.pageHints(at), k.PageDown, k.PageUp, k.HalfDown, k.HalfUp, k.Top, k.Bottom, k.Back, k.Mouse, k.Redraw, k.Suspend)
}

func (k keyMap) valueHints() []action {
	return []action{k.Help, k.Back, k.Fold, k.ViewAs, k.DecodeAs, k.Search, k.CopyValue, k.Delete, k.Wrap, k.FoldAll, k.Palette, k.Pane, k.Quit}
}
