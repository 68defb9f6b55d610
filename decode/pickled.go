package decode

import (
	"bytes"

	"cacheview/decode/pickle"
	"cacheview/decode/value"
)

// pickleRows are Python pickles and the mark that cachelib puts before them.
var pickleRows = []row{
	{name: "flask-caching", trust: certain, sniff: sniffBang, unwrap: unwrapBang},
	{name: "pickle", trust: certain, sniff: sniffPickle, read: readPickle},
}

// sniffBang wants a pickle after the mark: "!important" is text.
func sniffBang(in *input) (string, bool) {
	if len(in.raw) < 3 || in.raw[0] != '!' {
		return "", false
	}
	_, ok := pickle.Looks(in.raw[1:])
	return "'!' before a pickle, as cachelib writes it", ok
}

func unwrapBang(raw []byte, _ value.Limits) (unwrapped, *value.Error) {
	if !bytes.HasPrefix(raw, []byte("!")) {
		return unwrapped{}, &value.Error{Format: "flask-caching", Kind: value.Corrupt, Detail: "does not start with '!'"}
	}
	return unwrapped{inner: raw[1:], next: "pickle"}, nil
}

func sniffPickle(in *input) (string, bool) { return pickle.Looks(in.raw) }

func readPickle(in *input) reading {
	doc := pickle.Decode(in.raw, in.lim)
	return reading{
		value: doc.Value(), n: doc.Consumed(), err: doc.Err(), name: doc.Layer(),
		flags: doc.Flags(), pickle: doc,
	}
}
