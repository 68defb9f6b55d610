package cli

import (
	"context"
	"fmt"
	"time"

	"cacheview/decode"
	"cacheview/inspect/keyspace"
	"cacheview/ui/external"
)

// decoderTimeout is how long an external decoder may take unless the
// configuration says otherwise.
const decoderTimeout = 2 * time.Second

// readDecoders reads the tables of the configuration file that name programs:
//
//	[[decoder]]
//	match = "proto:*"
//	command = ["protoc", "--decode_raw"]
//	timeout = "2s"
func readDecoders(raw any) ([]external.Decoder, error) {
	tables, ok := raw.([]map[string]any)
	if !ok {
		return nil, fmt.Errorf("decoder is a list of tables, each under [[decoder]]")
	}
	decoders := make([]external.Decoder, len(tables))
	for i, table := range tables {
		d := external.Decoder{Timeout: decoderTimeout}
		for name, v := range table {
			var err error
			switch text, _ := v.(string); name {
			case "match":
				d.Match = text
			case "command":
				words, _ := v.([]any)
				for _, w := range words {
					word, ok := w.(string)
					if !ok {
						return nil, fmt.Errorf("decoder %d: the words of the command must be strings", i+1)
					}
					d.Command = append(d.Command, word)
				}
			case "timeout":
				if d.Timeout, err = time.ParseDuration(text); err != nil || d.Timeout <= 0 {
					return nil, fmt.Errorf("decoder %d: timeout is a time such as \"2s\"", i+1)
				}
			default:
				return nil, fmt.Errorf("decoder %d: there is no setting %q", i+1, name)
			}
		}
		if d.Match == "" || len(d.Command) == 0 || d.Command[0] == "" {
			return nil, fmt.Errorf(`decoder %d needs match = "GLOB" and command = ["PROGRAM", "ARGUMENT"]`, i+1)
		}
		decoders[i] = d
	}
	return decoders, nil
}

// read decodes a value, by the program that is configured for its key where no
// format is asked for. What the program fails at is read here.
func (a *app) read(ctx context.Context, v *wholeValue, as string) decode.Result {
	d, ok := external.For(a.decoders, v.key.Name)
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
