package decode

import (
	"bytes"
	"encoding/base64"

	"cacheview/decode/value"
)

// base64Rows is text that is something else underneath. It counts only when
// that is a format with a grammar: most words are base64 of some bytes.
var base64Rows = []row{
	{name: "base64", trust: fair, need: sound, sniff: sniffBase64, unwrap: unwrapBase64},
}

// minBase64 is shorter than any base64 of a value worth reading.
const minBase64 = 8

func sniffBase64(in *input) (string, bool) {
	raw := bytes.TrimRight(in.raw, "\r\n")
	if len(raw) < minBase64 || base64Alphabet(raw) == nil {
		return "", false
	}
	return "base64 of another format", true
}

// base64Alphabet returns the encoding that raw can be in: the standard or the
// URL alphabet, padded or not; nil when it is neither.
func base64Alphabet(raw []byte) *base64.Encoding {
	body := bytes.TrimRight(raw, "=")
	pad := len(raw) - len(body)
	if pad > 2 || pad > 0 && len(raw)%4 != 0 || len(body)%4 == 1 {
		return nil
	}
	url, std := false, false
	for _, c := range body {
		switch {
		case c == '-' || c == '_':
			url = true
		case c == '+' || c == '/':
			std = true
		case c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z':
		default:
			return nil
		}
	}
	if url && std {
		return nil
	}
	enc := base64.RawStdEncoding
	if url {
		enc = base64.RawURLEncoding
	}
	return enc
}

func unwrapBase64(raw []byte, _ value.Limits) (unwrapped, *value.Error) {
	text := bytes.TrimRight(raw, "\r\n")
	enc := base64Alphabet(text)
	if enc == nil {
		return unwrapped{}, &value.Error{Format: "base64", Kind: value.Corrupt, Detail: "characters or padding do not fit"}
	}
	out, err := enc.DecodeString(view(bytes.TrimRight(text, "=")))
	if err != nil {
		return unwrapped{inner: out}, &value.Error{Format: "base64", Kind: value.Corrupt, Detail: err.Error()}
	}
	return unwrapped{inner: out}, nil
}
