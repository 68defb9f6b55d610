package cli

import (
	"context"
	"slices"

	"cacheview/decode"
	"cacheview/inspect/keyspace"
	"cacheview/ui/external"
)

// decoders are the programs that the configuration names, those of the saved
// connection first.
func (a *app) decoders() []external.Decoder {
	var list []external.Decoder
	for _, d := range slices.Concat(a.saved.Decoders, a.file.Decoders) {
		list = append(list, external.Decoder{Match: d.Match, Command: d.Command, Timeout: d.Timeout, Secrets: a.file.SecretVariables()})
	}
	return list
}

// read decodes a value, by the program that is configured for its key where no
// format is asked for. What the program fails at is read here.
func (a *app) read(ctx context.Context, v *wholeValue, as string) decode.Result {
	d, ok := external.Match(a.decoders(), v.key.Name)
	if !ok || as != "" || v.kind != keyspace.String || v.truncated {
		return v.decode(as)
	}
	r, err := d.Decode(ctx, v.raw)
	if err != nil {
		a.note("cacheview: %s\n", decode.Printable(err.Error()))
		return v.decode(as)
	}
	return r
}
