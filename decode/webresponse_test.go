package decode

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPresentAWebResponse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file string
		want []string
	}{
		{"fc202-view-cookie.bin", []string{"status='200 OK'", "'Content-Type': 'text/html; charset=utf-8'", "body='with cookie'"}},
		{"fc202-view-error500.bin", []string{"status='500 INTERNAL SERVER ERROR'", "body='boom'"}},
	} {
		raw, err := os.ReadFile(filepath.Join("testdata/corpus/values", c.file))
		if err != nil {
			t.Fatal(err)
		}
		got := Literal(UnwrapResponse(Decode(raw, Options{}).Value, Options{}), 1000)
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %s does not show %s", c.file, got, w)
			}
		}
	}
	plain := Decode([]byte(`{"state":{"response":["x"]}}`), Options{})
	if got := Literal(UnwrapResponse(plain.Value, Options{}), 100); !strings.Contains(got, "response") {
		t.Errorf("plain data became %s", got)
	}
}
