package decode

import (
	"encoding/binary"
	"fmt"

	"cacheview/decode/value"
)

// confluentRows is the framing of Confluent's schema registry: a zero byte and
// the number of a schema that is kept elsewhere.
var confluentRows = []row{
	{name: "confluent-wire", trust: weak, sniff: sniffConfluent, unwrap: unwrapConfluent, score: scoreConfluent, flag: ambiguous},
}

// maxSchema keeps arbitrary bytes that start with a zero from being taken for
// a registry's framing: registries count their schemas from 1.
const maxSchema = 1 << 16

func sniffConfluent(in *input) (string, bool) {
	b := in.raw
	if len(b) < 6 || b[0] != 0 || mediaDetail(b) != "" {
		return "", false
	}
	id := binary.BigEndian.Uint32(b[1:])
	return "a zero byte and a small schema number, as Confluent's registry frames values", id > 0 && id < maxSchema
}

// scoreConfluent looks for what the schema would explain: JSON, or texts that
// follow their length as Avro writes it. The header alone is also a small
// number, the beginning of a vector, or a bitmap.
func scoreConfluent(in *input, out *outcome) (float64, bool) {
	bits := plainBits(in.raw) - 6
	if out.Layers[len(out.Layers)-1].Name == "json" {
		return bits + grammarBits, false
	}
	body := in.raw[5:min(len(in.raw), 5+maxScoredText)]
	covered := 0
	for i := 0; i < len(body); i++ {
		n := int(body[i]) / 2
		if body[i]%2 != 0 || n < 3 || i+1+n > len(body) || judgeText(body[i+1:i+1+n]) != cleanText {
			continue
		}
		bits += textBits(body[i+1 : i+1+n])
		covered += n + 1
		i += n
	}
	if 3*covered < len(body) {
		return oddBits, true
	}
	return bits + 8, false
}

// unwrapConfluent shows JSON that is inside; Avro and Protobuf need the schema.
func unwrapConfluent(raw []byte, lim value.Limits) (unwrapped, *value.Error) {
	if len(raw) < 5 || raw[0] != 0 {
		return unwrapped{inner: raw}, &value.Error{Format: "confluent-wire", Kind: value.Corrupt, Detail: "does not start with a zero byte and a schema number"}
	}
	un := unwrapped{inner: raw[5:], detail: fmt.Sprintf("schema %d", binary.BigEndian.Uint32(raw[1:]))}
	if _, ok := sniffJSON(&input{raw: un.inner}); ok {
		if _, n, err := parseJSON(un.inner, lim); err == nil && n == len(un.inner) {
			un.next = "json"
			return un, nil
		}
	}
	return un, &value.Error{Format: "confluent-wire", Kind: value.NeedsSchema, Offset: 5, Detail: un.detail + " is kept in the registry"}
}
