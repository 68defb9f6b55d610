package tunnel

import "testing"

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ada@bastion":               "ada@bastion",
		"ada@bastion:2222":          "ada@bastion:2222",
		"ssh://ada@bastion:2222/":   "ada@bastion:2222",
		"ada@corp@bastion":          "ada@corp@bastion",
		"ada@[::1]:2222":            "ada@[::1]:2222",
		"ada@::1":                   "ada@[::1]",
		"ada@192.0.2.7":             "ada@192.0.2.7",
		"":                          "",
		"ada@":                      "",
		"ada:secret@bastion":        "",
		"ada@bastion:":              "",
		"ada@a:b:c":                 "",
		"ada@-oProxyCommand=pwned":  "",
		"ada@bastion/../etc/passwd": "",
	} {
		c, err := Parse(text)
		got := ""
		if err == nil {
			got = c.String()
		}
		if got != want {
			t.Errorf("%q is %q, want %q (%v)", text, got, want, err)
		}
	}
}
