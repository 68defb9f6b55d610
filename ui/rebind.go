package ui

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ValidateKeys says whether actions can have these keys, by the names that the
// palette has for them: it is an error to name an action that there is not, to
// leave one without a key, or to give a key to two actions that work in the
// same place.
func ValidateKeys(keys map[string][]string) error {
	k := newKeyMap()
	return k.rebind(keys)
}

// rebind gives actions other keys than they come with.
func (k *keyMap) rebind(keys map[string][]string) error {
	byID := map[string]*action{}
	for _, a := range k.all() {
		byID[a.ID] = a
	}
	for _, id := range slices.Sorted(maps.Keys(keys)) {
		a, ok := byID[id]
		switch {
		case !ok:
			return fmt.Errorf("there is no action %q; the palette (:) lists them, as %s", id, strings.Join(slices.Sorted(maps.Keys(byID))[:3], ", "))
		case len(keys[id]) == 0 || slices.Contains(keys[id], ""):
			return fmt.Errorf("the action %q needs a key", id)
		}
		a.SetKeys(keys[id]...)
		a.SetHelp(keyNames(keys[id]), a.Help().Desc)
	}
	return k.conflict()
}

// keyNames is how keys stand in the help.
func keyNames(keys []string) string {
	signs := map[string]string{"up": "↑", "down": "↓", "left": "←", "right": "→", "pgdown": "pgdn"}
	names := make([]string, len(keys))
	for i, key := range keys {
		if names[i] = key; signs[key] != "" {
			names[i] = signs[key]
		}
	}
	return strings.Join(names, " ")
}

// conflict finds a key of two actions that work in the same place.
func (k *keyMap) conflict() error {
	type place struct {
		id string
		on scope
	}
	taken := map[string][]place{}
	for _, g := range k.groups() {
		for _, a := range g.Actions {
			for _, key := range a.Keys() {
				for _, other := range taken[key] {
					if other.id != a.ID && (other.on == g.On || other.on == anywhere || g.On == anywhere) {
						return fmt.Errorf("the key %q is both for %q and for %q", key, other.id, a.ID)
					}
				}
				taken[key] = append(taken[key], place{a.ID, g.On})
			}
		}
	}
	return nil
}

// all are the actions that can have other keys: every one but ctrl+c, which
// always quits, and the answers in a dialog.
func (k *keyMap) all() []*action {
	return []*action{
		&k.Up, &k.Down, &k.Top, &k.Bottom, &k.PageUp, &k.PageDown, &k.HalfUp, &k.HalfDown, &k.Filter,
		&k.FilterMode, &k.Open, &k.In, &k.Out, &k.Back, &k.Tree, &k.Sort, &k.Reverse, &k.Type, &k.NoTTL, &k.Mark, &k.MarkRange, &k.MarkAll,
		&k.Unmark, &k.Delete, &k.DeleteAll, &k.Clear, &k.Undo, &k.Journals, &k.Explain, &k.Invalidate, &k.FindCall,
		&k.Calls, &k.Rescan, &k.Pane, &k.Narrow, &k.Widen, &k.Zoom, &k.GoTo, &k.Previous, &k.Following, &k.TTL, &k.TTLMatches, &k.Rename,
		&k.Edit, &k.Pager, &k.Export, &k.Fold, &k.FoldAll, &k.ViewAs, &k.DecodeAs, &k.Highest, &k.Similar, &k.Search, &k.Next, &k.Prev, &k.CopyValue,
		&k.CopyKey, &k.Wrap, &k.Numbers, &k.Left, &k.Right, &k.KeysPage, &k.ServerPage, &k.ActivityPage, &k.Sample,
		&k.Palette, &k.Switch, &k.Mouse, &k.Redraw, &k.Suspend, &k.Help, &k.Quit,
	}
}
