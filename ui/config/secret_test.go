package config

import (
	"fmt"
	"strings"
	"testing"
)

// TestSecretPrintsNoPassword prints a configuration with passwords in every way.
func TestSecretPrintsNoPassword(t *testing.T) {
	t.Parallel()
	f := &File{
		Settings: map[string]string{"url": "redis://u:s3cret@h"},
		Secret:   Secret{Password: "s3cret"},
		Connections: map[string]Connection{"a": {
			URL:      "redis://u:s3cret@h",
			Secret:   Secret{Command: []string{"echo", "s3cret"}},
			Sentinel: &Sentinel{Secret: Secret{Password: "s3cret"}},
		}},
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, v := range []any{f, f.Connections["a"], f.Connections["a"].Sentinel, f.Secret, &f.Secret} {
			text := fmt.Sprintf(verb, v)
			if strings.Contains(text, "s3cret") || strings.Contains(text, "733363726574") {
				t.Errorf("%s of %T: %s", verb, v, text)
			}
		}
	}
	if text := fmt.Sprint(Secret{Env: "PW"}, Secret{}); text != "{from $PW} {from nowhere}" {
		t.Error(text)
	}
}
