package cli

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/ui/human"
)

type explainFlags struct {
	names nameFlags
	json  bool
	find  string
	words []string
	urls  string
	app   string
}

// guessTime is how long arguments are guessed for one explanation.
const guessTime = 5 * time.Second

func (a *app) explainCommand() *cobra.Command {
	var f explainFlags
	cmd := &cobra.Command{
		Use:   "explain KEY...",
		Short: "Explain which framework and call wrote a key",
		Long: "Show which framework wrote a key, what the parts of its name mean, and how the\n" +
			"application would invalidate it. A key that does not exist is explained by its name.\n\n" +
			"Memoized Flask-Caching results have a hash as their name. For these, all keys are\n" +
			"listed to identify the function, and likely arguments are tried; a match of the hash\n" +
			"proves them. --find goes the other way, from a call or request to its keys: a\n" +
			"Flask-Caching call, a Django page (http://HOST/PATH), or a Laravel item\n" +
			"(Cache::tags(['a'])->get('k')). The URL of a Django page is searched among the links\n" +
			"in cached pages and in --urls.",
		Example: "cacheview explain flask_cache_view//about\n" +
			"cacheview explain --json sess:Ab3x\n" +
			"cacheview ls -0 sess: | cacheview explain -0 --json -\n" +
			"cacheview explain --word berlin flask_cache_WZuvePfNJeiKltXUbulGlA\n" +
			"cacheview explain --find 'square(4)'\n" +
			"cacheview explain --find '/search?q=redis&page=2'",
		ValidArgsFunction: a.asking(a.findKeys),
		RunE: a.runs(func(ctx context.Context, args []string) error {
			if err := a.readSource(f.app); err != nil {
				return err
			}
			if f.find != "" {
				if len(args) > 0 {
					return usagef("use only one of KEY and --find")
				}
				c, err := a.open(ctx)
				if err != nil {
					return err
				}
				defer c.Close()
				return a.find(ctx, c, f)
			}
			if len(args) == 0 {
				return usagef("explain needs a KEY or --find")
			}
			names, err := a.keyNames(ctx, f.names, args)
			if err != nil {
				return err
			}
			return a.explain(ctx, names, f)
		}),
	}
	fl := cmd.Flags()
	fl.BoolVar(&f.json, "json", false, "write a JSON object: key, framework, kind, parts, function, call, stale, invalidate, ...")
	fl.StringVar(&f.find, "find", "", "find keys by call square(4), path /page?x=1 or URL")
	fl.StringVar(&f.app, "app", "", appHelp)
	fl.StringVar(&f.urls, "urls", "", urlsHelp)
	fl.StringArrayVar(&f.words, "word", nil, "text or number to try as an argument (repeatable)")
	f.names.register(a, cmd)
	f.names.registerNull(a, cmd)
	for _, flag := range []string{"word", "urls", "b64", "literal", "null"} {
		a.exclusive(cmd, "find", flag)
	}
	return a.reads(cmd, append(slices.Clone(onServer), appsGroup)...)
}

// explain writes what is known of keys, whether they exist or not.
func (a *app) explain(ctx context.Context, names [][]byte, f explainFlags) error {
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	w := a.data()
	candidates, err := readURLs(f.urls)
	if err != nil {
		return err
	}
	candidates = append(candidates, f.words...)
	var index *inspect.FlaskIndex // of all keys, once one of the names needs it
	var others *inspect.Frameworks
	for _, name := range names {
		x, err := c.Explain(ctx, name, nil)
		if err == nil && c.NeedsFlask(&x) {
			if index == nil {
				if index, err = a.flask(ctx, c); err != nil {
					return err
				}
			}
			x, err = a.explainFlask(ctx, c, index, name, f.words)
		}
		if err == nil && x.HasIndex() {
			if others == nil {
				if others, err = a.frameworks(ctx, c); err != nil {
					return err
				}
			}
			others.Explain(&x, candidates)
		}
		if err != nil {
			return err
		}
		text := explanation
		if f.json {
			text = explained
		}
		if _, err := w.Write(text(x)); err != nil {
			return err
		}
	}
	return w.Flush()
}

// explanation is an explanation for people.
func explanation(x inspect.Explanation) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n", named(x.Key))
	if x.Framework == "" {
		b.WriteString("  no convention that cacheview knows fits this name and value\n")
	} else {
		maybe := ""
		if !x.Certain {
			maybe = ", perhaps"
		}
		fmt.Fprintf(&b, "  %s: %s%s\n", decode.Printable(x.Framework), decode.Printable(x.Kind), maybe)
		if x.Support != "" && x.Support != x.Why {
			fmt.Fprintf(&b, "  because: %s\n", decode.Printable(x.Support))
		}
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
	line("to invalidate", x.Invalidate)
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
	o.key("key", x.Key)
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
	o.known("reason", cmp.Or(x.Reason, x.Support))
	o.bool("possibly_left_over", x.Possible)
	o.known("ttl_policy", x.TTL)
	addEffective(&o, x.EffectiveExpiry, time.Now())
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
