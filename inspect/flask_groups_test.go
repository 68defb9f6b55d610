package inspect_test

import (
	"slices"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

func TestGroupsOfFunctions(t *testing.T) {
	t.Parallel()
	contract(t, func(t *testing.T, on target) {
		fillFlask(on.w)
		c := open(t, inspect.Config{URL: on.url})
		idx := indexOf(t, c)
		f, err := c.Flask(t.Context(), idx.Snapshot(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Guess(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		rows, err := keyspace.Build(t.Context(), idx.Snapshot(), keyspace.RowSpec{Order: keyspace.ByName, Tree: true, Groups: f.Groups()}, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][]string{}
		for i := range rows.Len() {
			row := rows.At(i)
			if row.Leaf {
				got[""] = append(got[""], string(row.Label))
				continue
			}
			for _, id := range rows.GroupKeys(row.Prefix) {
				got[string(row.Prefix)] = append(got[string(row.Prefix)], string(rows.Snapshot().Name(id)))
			}
		}
		for name, keys := range map[string][]string{
			"app.square()":            {flaskKeys[0][0], flaskKeys[1][0], flaskKeys[2][0]},
			"__main__.Basket.total()": {flaskKeys[4][0], flaskKeys[5][0], flaskKeys[6][0], flaskKeys[7][0], flaskKeys[8][0]},
			inspect.StaleGroup:        {flaskKeys[3][0]},
			"":                        {"other"},
		} {
			slices.Sort(keys)
			slices.Sort(got[name]) // the list is in the order of arguments
			if !slices.Equal(got[name], keys) {
				t.Errorf("%q has\n%q, want\n%q", name, got[name], keys)
			}
			delete(got, name)
		}
		if len(got) > 0 {
			t.Errorf("more: %q", got)
		}
	})
}

func TestGroupsOfTwoAppsAreToldApart(t *testing.T) {
	t.Parallel()
	contract(t, func(t *testing.T, on target) {
		on.w.Do("SET", "one_app.square_memver", version("AAAAAA"))
		on.w.Do("SET", "one_"+square4+"AAAAAA", "16")
		on.w.Do("SET", "two_app.square_memver", version("BBBBBB"))
		on.w.Do("SET", "two_"+square4+"BBBBBB", "16")
		c := open(t, inspect.Config{URL: on.url})
		idx := indexOf(t, c)
		f, err := c.Flask(t.Context(), idx.Snapshot(), nil)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := keyspace.Build(t.Context(), idx.Snapshot(), keyspace.RowSpec{Order: keyspace.ByName, Tree: true, Groups: f.Groups()}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"one_app.square()", "two_app.square()"} {
			if n := len(rows.GroupKeys([]byte(name))); n != 2 {
				t.Errorf("%s has %d keys", name, n)
			}
		}
	})
}
