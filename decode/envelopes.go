package decode

import (
	"bytes"
	"encoding/json"
	"fmt"

	"cacheview/decode/value"
)

// envelopeRows are what cache libraries for Python put before a value.
var envelopeRows = []row{
	{name: "dogpile", trust: certain, sniff: sniffDogpile, unwrap: unwrapDogpile},
	{name: "cashews-signature", trust: certain, sniff: sniffSigned, unwrap: unwrapSigned},
	{name: "cashews-signature", trust: sound, need: sound, sniff: sniffShortSigned, unwrap: unwrapSigned},
	{name: "cashews-type-prefix", trust: sound, sniff: sniffTyped, unwrap: unwrapTyped},
}

// maxDogpile is longer than the metadata of any real entry.
const maxDogpile = 1024

// dogpileMetadata is what dogpile.cache knows beside the value: when it was
// made, and the version of the layout.
type dogpileMetadata struct {
	Created *float64 `json:"ct"`
	Version *float64 `json:"v"`
}

// splitDogpile parts the metadata, which is JSON, from the value after the
// bar (dogpile/cache/region.py, _serialize_cached_value_elements).
func splitDogpile(raw []byte) (meta dogpileMetadata, payload []byte, ok bool) {
	head := raw[:min(len(raw), maxDogpile)]
	end := bytes.Index(head, []byte("}|"))
	if end < 0 || head[0] != '{' || json.Unmarshal(head[:end+1], &meta) != nil {
		return meta, nil, false
	}
	return meta, raw[end+2:], meta.Created != nil && meta.Version != nil
}

func sniffDogpile(in *input) (string, bool) {
	if len(in.raw) == 0 || in.raw[0] != '{' {
		return "", false
	}
	_, _, ok := splitDogpile(in.raw)
	return "metadata with ct and v and a bar before the value, as dogpile.cache writes it", ok
}

func unwrapDogpile(raw []byte, _ value.Limits) (unwrapped, *value.Error) {
	meta, payload, ok := splitDogpile(raw)
	if !ok {
		return unwrapped{}, &value.Error{Format: "dogpile", Kind: value.Corrupt, Detail: "no metadata with ct and v before a bar"}
	}
	un := unwrapped{inner: payload, detail: fmt.Sprintf("version %g", *meta.Version)}
	if at, ok := msValue(*meta.Created * 1000); ok {
		un.detail = "created " + at.Text() + ", " + un.detail
	}
	return un, nil
}

// digests are the lengths in hex of the checksums that cashews can put before
// a value.
var digests = map[string]int{"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128}

// splitSigned parts "name:hex_" from what is signed
// (cashews/serialize.py, HashSigner).
func splitSigned(raw []byte) (name, digest string, payload []byte) {
	head := raw[:min(len(raw), 160)]
	colon, bar := bytes.IndexByte(head, ':'), bytes.IndexByte(head, '_')
	if colon < 1 || bar < colon+2 {
		return "", "", nil
	}
	for _, c := range head[:colon] {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return "", "", nil
		}
	}
	for _, c := range head[colon+1 : bar] {
		if (c < 'a' || c > 'f') && (c < '0' || c > '9') {
			return "", "", nil
		}
	}
	return string(head[:colon]), string(head[colon+1 : bar]), raw[bar+1:]
}

func sniffSigned(in *input) (string, bool) {
	name, digest, payload := splitSigned(in.raw)
	ok := name != "" && digests[name] == len(digest) && len(payload) > 0
	return "the name of a digest and the digest before the value, as cashews signs it", ok
}

// sniffShortSigned is for checksums that are too short to be a signature:
// sum, xxhash.
func sniffShortSigned(in *input) (string, bool) {
	name, _, payload := splitSigned(in.raw)
	ok := (name == "sum" || len(name) > 2 && name[:2] == "xx") && len(payload) > 0
	return "a checksum before the value, as cashews signs it", ok
}

// unwrapSigned cannot check the signature, for which it has no key.
func unwrapSigned(raw []byte, _ value.Limits) (unwrapped, *value.Error) {
	name, _, payload := splitSigned(raw)
	if name == "" {
		return unwrapped{}, &value.Error{Format: "cashews-signature", Kind: value.Corrupt, Detail: "no signature before a bar"}
	}
	return unwrapped{inner: payload, detail: name + " signature not checked"}, nil
}

// typePrefix is what cashews puts before bytes that it does not pickle.
const typePrefix = "bytes:"

// sniffTyped leaves prose that begins with the word alone.
func sniffTyped(in *input) (string, bool) {
	ok := bytes.HasPrefix(in.raw, []byte(typePrefix)) && in.text() != cleanText
	return "bytes: before bytes, as cashews marks what it does not pickle", ok
}

func unwrapTyped(raw []byte, _ value.Limits) (unwrapped, *value.Error) {
	payload, ok := bytes.CutPrefix(raw, []byte(typePrefix))
	if !ok {
		return unwrapped{}, &value.Error{Format: "cashews-type-prefix", Kind: value.Corrupt, Detail: "no bytes: at the start"}
	}
	return unwrapped{
		value: value.NewBytes(view(payload)), whole: true,
		through: []Layer{{Name: "bytes", Reason: "the prefix says so", Size: len(payload)}},
	}, nil
}
