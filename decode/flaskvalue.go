package decode

import (
	"bytes"

	"cacheview/decode/value"
)

// flaskRows are the values of Flask-Caching and cachelib: a mark before a
// pickle; and, under the library's default key prefix, the counters and old
// texts that it stores without the mark.
var flaskRows = []row{
	{name: "flask-caching", trust: certain, sniff: sniffBang, unwrap: unwrapBang},
	{name: "flask-caching", trust: weak, sniff: sniffFlaskKey, unwrap: unwrapBare},
}

// sniffBang wants a pickle after the mark: "!important" is text.
func sniffBang(in *input) (string, bool) {
	if len(in.raw) < 3 || in.raw[0] != '!' {
		return "", false
	}
	_, ok := looksPickled(in.raw[1:])
	return "'!' before a pickle, as cachelib writes it", ok
}

// flaskPrefix is the key prefix of Flask-Caching unless it is configured.
var flaskPrefix = []byte("flask_cache_")

func sniffFlaskKey(in *input) (string, bool) {
	return "key prefix flask_cache_; integers and old texts carry no '!'",
		in.outer == "" && bytes.HasPrefix(in.key, flaskPrefix) && len(in.raw) > 0 && in.text() == cleanText
}

func unwrapBang(raw []byte, _ value.Limits) (unwrapped, *value.Error) {
	inner, ok := bytes.CutPrefix(raw, []byte("!"))
	if !ok {
		return unwrapped{inner: raw}, &value.Error{Format: "flask-caching", Kind: value.Corrupt, Detail: "does not start with '!'"}
	}
	return unwrapped{inner: inner, next: "pickle"}, nil
}

func unwrapBare(raw []byte, _ value.Limits) (unwrapped, *value.Error) {
	return unwrapped{inner: raw}, nil
}
