package decode_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"cacheview/decode"
	"cacheview/decode/value"
)

// message is a message of kombu as a queue in Redis holds it.
func message(contentType, compression, body string) []byte {
	headers := `"task":"shop.charge","id":"9807"`
	if compression != "" {
		headers += `,"compression":"` + compression + `"`
	}
	return []byte(`{"body":"` + base64.StdEncoding.EncodeToString([]byte(body)) + `","content-type":"` + contentType +
		`","content-encoding":"binary","headers":{` + headers + `},"properties":{"body_encoding":"base64"}}`)
}

func TestCelery_BodiesAreOpened(t *testing.T) {
	t.Parallel()
	const call = `[[5,"EUR"],{"note":"n1"},{"chain":null}]`
	want := `{"kind":"table","columns":["task","id","args","kwargs"],"rows":[["shop.charge","9807",[5,"EUR"],{"note":"n1"}]]}`
	pickled := "\x80\x02(](K\x05X\x03\x00\x00\x00EURe}X\x04\x00\x00\x00noteX\x02\x00\x00\x00n1s}t."
	for name, raw := range map[string][]byte{
		"JSON":        message("application/json", "", call),
		"zlib":        message("application/json", "application/x-gzip", string(compressors(t)["zlib"]([]byte(call)))),
		"pickle":      message("application/x-python-serialize", "", pickled),
		"MessagePack": message("application/x-msgpack", "", "\x93\x92\x05\xa3EUR\x81\xa4note\xa2n1\x80"),
	} {
		r := decode.Decode(raw, decode.Options{})
		v, ok := r.View()
		if !ok {
			t.Errorf("%s: no view", name)
			continue
		}
		got, _ := decode.AppendView(nil, v, value.Limits{})
		if string(got) != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		if names := r.Names(); !slices.Equal(names, []string{"json"}) {
			t.Errorf("%s: layers %v", name, names)
		}
	}
}

// TestCelery_BodyIsFlagged has a body that would run a command when it is
// loaded.
func TestCelery_BodyIsFlagged(t *testing.T) {
	t.Parallel()
	raw := message("application/x-python-serialize", "", "cos\nsystem\n(S'id'\ntR.")
	r := decode.DecodeMembers("list", []decode.Member{{Value: raw}}, decode.Options{})
	if !slices.ContainsFunc(r.Flags, func(f string) bool { return strings.HasPrefix(f, "unsafe-global:") }) {
		t.Errorf("flags %v, want unsafe-global", r.Flags)
	}
}

func TestCelery_OtherJSONIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		`{"body":"text","properties":{},"content-type":"text/html"}`,
		`{"body":"%%%","properties":{"body_encoding":"base64"},"content-type":"application/json"}`,
	} {
		if r := decode.Decode([]byte(s), decode.Options{}); r.Shown != nil {
			t.Errorf("%s has the view %v", s, r.Shown)
		}
	}
}
