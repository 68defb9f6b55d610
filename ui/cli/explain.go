package cli

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/ui/human"
)

type explainFlags struct {
	json, b64 bool
	find      string
	words     []string
}

// guessTime is how long arguments are guessed for one explanation.
const guessTime = 5 * time.Second

func (a *app) explainCommand() *cobra.Command {
	var f explainFlags
	cmd := &cobra.Command{
		Use:   "explain [KEY]",
		Short: "Say who wrote a key and what its name means",
		Long: "Say which framework wrote a key, what the parts of its name mean, and how the\n" +
			"application would get rid of it. A key that is not there is explained by its name.\n\n" +
			"The results that Flask-Caching memoizes have a hash for a name. For these all keys\n" +
			"are listed, which tells the function, and likely arguments are tried, which are\n" +
			"right when the hash is. With --find it goes the other way: from a call or a request\n" +
			"to the keys that it would have.",
		Example: "cacheview explain flask_cache_view//about\n" +
			"cacheview explain --json sess:Ab3x\n" +
			"cacheview explain --word berlin flask_cache_WZuvePfNJeiKltXUbulGlA\n" +
			"cacheview explain --find 'square(4)'\n" +
			"cacheview explain --find '/search?q=redis&page=2'",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: first(a.asking(a.findKeys)),
		RunE: a.runs(func(ctx context.Context, args []string) error {
			if (len(args) == 1) == (f.find != "") {
				return usagef("explain needs a KEY or --find")
			}
			c, err := a.open(ctx)
			if err != nil {
				return err
			}
			defer c.Close()
			if f.find != "" {
				return a.find(ctx, c, f)
			}
			name, err := keyBytes(args[0], f.b64)
			if err != nil {
				return err
			}
			return a.explain(ctx, c, name, f)
		}),
	}
	fl := cmd.Flags()
	fl.BoolVar(&f.json, "json", false, "write a JSON object: key, framework, kind, parts, function, call, stale, invalidate, ...")
	fl.StringVar(&f.find, "find", "", "find the keys of a call, square(4), or of a request, /page?x=1")
	fl.StringArrayVar(&f.words, "word", nil, "a text or number to try as an argument (may be repeated)")
	registerB64(cmd, &f.b64)
	return cmd
}

func (a *app) explain(ctx context.Context, c *inspect.Client, name []byte, f explainFlags) error {
	x, err := c.Explain(ctx, name, nil)
	if err != nil {
		return err
	}
	if x.NeedsFlask() {
		if x, err = a.explainFlask(ctx, c, name, f.words); err != nil {
			return err
		}
	}
	if f.json {
		_, err = a.out.Write(explained(x))
	} else {
		_, err = a.out.Write(explanation(x))
	}
	return err
}

// explanation is an explanation for people.
func explanation(x inspect.Explanation) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n", shown(x.Key))
	if x.Framework == "" {
		b.WriteString("  no convention that cacheview knows fits this name\n")
	} else {
		maybe := ""
		if !x.Certain {
			maybe = ", by the looks of its name"
		}
		fmt.Fprintf(&b, "  %s: %s%s\n", decode.Printable(x.Framework), decode.Printable(x.Kind), maybe)
	}
	for _, p := range x.Parts {
		fmt.Fprintf(&b, "  %-12s %s\n", p.Name, decode.Printable(p.Text))
	}
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "  %s: %s\n", name, decode.Printable(text))
		}
	}
	line("result of", x.Call)
	if x.Call == "" && x.Kind == "memoize" {
		line("result of", x.Function)
	}
	if x.Kind == "memver" && x.Exists {
		size := ""
		if x.Sized == x.Entries && x.Entries > 0 {
			size = ", " + human.Size(x.Bytes)
		}
		fmt.Fprintf(&b, "  results that die with it: %s%s\n", human.Count(x.Entries), size)
	}
	switch {
	case x.Stale:
		line("stale", x.Why)
	case x.Possible:
		line("possibly left over", x.Reason)
	default:
		line("in use", x.Why)
		line("not known", x.Reason)
	}
	line("time to live", x.TTL)
	line("to be rid of it", x.Invalidate)
	if x.Where != nil {
		line("hash slot", fmt.Sprintf("%d, at %s", x.Where.Slot, x.Where.Node))
	}
	if !x.Exists {
		b.WriteString("  there is no such key now\n")
	}
	return b.Bytes()
}

// explained is the JSON object of an explanation. What is not known is null.
func explained(x inspect.Explanation) []byte {
	var o object
	o.bytes("key", x.Key)
	o.known("framework", x.Framework)
	o.known("kind", x.Kind)
	var parts object
	for _, p := range x.Parts {
		parts.text(p.Name, p.Text)
	}
	o.raw("parts", parts.end())
	o.known("function", x.Function)
	o.known("call", x.Call)
	o.bool("stale", x.Stale)
	o.known("invalidate", x.Invalidate)
	o.bool("certain", x.Certain)
	o.bool("exists", x.Exists)
	o.texts("layers", x.Layers)
	o.known("instance", x.Instance)
	o.known("why", x.Why)
	o.known("reason", x.Reason)
	o.bool("possibly_left_over", x.Possible)
	o.known("ttl_policy", x.TTL)
	if x.Where != nil {
		o.int("slot", int64(x.Where.Slot))
		o.text("node", x.Where.Node)
	}
	if x.Kind == "memver" && x.Exists {
		o.int("entries", int64(x.Entries))
		if x.Sized == x.Entries {
			o.int("entries_bytes", x.Bytes)
		}
	}
	return o.line()
}
