package inspect

import "testing"

func TestDeleteResult_NamesTheKeyUnlessTheCallCanBeTyped(t *testing.T) {
	t.Parallel()
	const byKey = "cache.delete('k')  # this result only"
	for _, tt := range []struct{ function, instance, args, want string }{
		{"app.square", "", "4", "cache.delete_memoized(square, 4)"},
		{"app.f", "", "b'4', unit='a<b', n=None", "cache.delete_memoized(f, b'4', unit='a<b', n=None)"},
		{"app.f", "", "", byKey},
		{"app.f", "", "inf", byKey},
		{"app.f", "", "datetime.date(2026, 11, 30)", byKey},
		{"app.f", "", "<Color.RED: 1>", byKey},
		{"app.<lambda>", "", "1", byKey},
		{"app.outer.<locals>.inner", "", "1", byKey},
		{"app.Basket.total", "<Basket 7>", "'<Basket 7>', 2", "cache.delete_memoized(Basket.total, obj, 2)  # obj is <Basket 7>"},
		{"app.Basket.prop", "<Basket 7>", "'<Basket 7>'", byKey},
		{"app.Basket.total", "<Basket 7>", "", byKey},
		{"app.selfish", "'a'", "\"'a'\", 1", byKey},
		{"app.Basket.make", "", "\"<class 'app.Basket'>\", 3", "cache.delete_memoized(Basket.make, Basket, 3)"},
	} {
		if got := deleteResult("k", tt.function, tt.instance, tt.args); got != tt.want {
			t.Errorf("%s(%s): got %s, want %s", tt.function, tt.args, got, tt.want)
		}
	}
}

func TestDeleteVersion_NamesTheKeyOfMembers(t *testing.T) {
	t.Parallel()
	const effect = "  # all its results become stale, and stay until they expire"
	for _, tt := range []struct{ function, instance, want string }{
		{"app.square", "", "cache.delete_memoized(square)"},
		{"app.<lambda>", "", "cache.delete('k')"},
		{"app.Basket.prop", "", "cache.delete('k')"},
		{"app.Basket.total", "<Basket 7>", "cache.delete('k')"},
	} {
		if got := deleteVersion("k", tt.function, tt.instance); got != tt.want+effect {
			t.Errorf("%s: got %s, want %s", tt.function, got, tt.want+effect)
		}
	}
}
