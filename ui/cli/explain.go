package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"cacheview/decode"
	"cacheview/decode/layout"
	"cacheview/inspect"
)

// explainBytes is how much of a value is read to know its layers.
const explainBytes = 1 << 20

func (a *app) explainCommand() *cobra.Command {
	var json, b64 bool
	cmd := &cobra.Command{
		Use:   "explain KEY",
		Short: "Say who wrote a key and what its name means",
		Long: "Say which framework wrote a key, what the parts of its name mean, and how the\n" +
			"application would get rid of it. A key that is not there is explained by its name.",
		Example: "cacheview explain flask_cache_view//about\n" +
			"cacheview explain --json sess:Ab3x",
		Args: cobra.ExactArgs(1),
		RunE: a.runs(func(ctx context.Context, args []string) error {
			name, err := keyBytes(args[0], b64)
			if err != nil {
				return err
			}
			c, err := a.open(ctx)
			if err != nil {
				return err
			}
			defer c.Close()
			return a.explain(ctx, c, name, json)
		}),
	}
	cmd.Flags().BoolVar(&json, "json", false, "write a JSON object: key, framework, kind, parts, function, call, stale, invalidate, ...")
	registerB64(cmd, &b64)
	return cmd
}

func (a *app) explain(ctx context.Context, c *inspect.Client, name []byte, json bool) error {
	exists, layers, err := layersOf(ctx, c, name)
	if err != nil {
		return err
	}
	k := layout.Explain(name, layers...)
	if json {
		_, err = a.out.Write(explained(name, k, layers, exists))
		return err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n", shown(name))
	if k.Framework == "" {
		b.WriteString("  no convention that cacheview knows fits this name\n")
	} else {
		maybe := ""
		if !k.Certain {
			maybe = ", by the looks of its name"
		}
		fmt.Fprintf(&b, "  %s: %s%s\n", decode.Printable(k.Framework), decode.Printable(k.Kind), maybe)
	}
	for _, p := range k.Parts {
		fmt.Fprintf(&b, "  %-12s %s\n", p.Name, decode.Printable(p.Text))
	}
	if k.Invalidate != "" {
		fmt.Fprintf(&b, "  to be rid of it: %s\n", decode.Printable(k.Invalidate))
	}
	if !exists {
		b.WriteString("  there is no such key now\n")
	}
	_, err = a.out.Write(b.Bytes())
	return err
}

// layersOf finds out what is around the value; a value that cannot be read has
// no layers.
func layersOf(ctx context.Context, c *inspect.Client, name []byte) (exists bool, layers []string, err error) {
	w, err := c.Read(ctx, name, inspect.ReadOptions{Limit: explainBytes, Rows: 1})
	switch _, refused := errors.AsType[inspect.KeyError](err); {
	case errors.Is(err, inspect.ErrNoKey):
		return false, nil, nil
	case refused:
		return true, nil, nil
	case err != nil:
		return false, nil, err
	}
	if len(w.Raw) > 0 {
		layers = decode.Decode(w.Raw, decode.Options{Key: name}).Names()
	}
	return true, layers, nil
}

// explained is the JSON object of an explanation. What is not known is null.
func explained(name []byte, k layout.Key, layers []string, exists bool) []byte {
	var o object
	o.bytes("key", name)
	o.known("framework", k.Framework)
	o.known("kind", k.Kind)
	var parts object
	for _, p := range k.Parts {
		parts.text(p.Name, p.Text)
	}
	o.raw("parts", parts.end())
	function, _ := k.Part("function")
	o.known("function", function)
	call, _ := k.Part("args")
	o.known("call", call)
	o.raw("stale", []byte("null"))
	o.known("invalidate", k.Invalidate)
	o.bool("certain", k.Certain)
	o.bool("exists", exists)
	o.texts("layers", layers)
	return o.line()
}
