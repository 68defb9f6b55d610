package cli

import (
	"cmp"
	"context"
	"io"
	"os/exec"
	"runtime"
	"strings"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/ui"
)

// screen runs the terminal UI, at first on the server that cfg says, until the
// user quits.
func (a *app) screen(ctx context.Context, cfg inspect.Config, notice string) error {
	here := a.site(func(context.Context) (inspect.Config, error) { return cfg, nil })
	sites := a.sites()
	if here.Place.Name == "" {
		here.About = about(cfg.URL, cfg.Sentinel, a.flags.ssh)
		sites = append([]ui.Site{here}, sites...)
	}
	pager, editor := "less", "vi"
	if runtime.GOOS == "windows" {
		pager, editor = "more", "notepad"
	}
	a.signals.onScreen.Store(true)
	defer a.signals.onScreen.Store(false)
	err := ui.Run(ctx, ui.Options{
		Site:             here,
		Sites:            sites,
		OfferConnections: len(sites) > 1 && a.flags.url == "" && a.flags.sentinel == "" && a.flags.ssh == "" && notice == "",
		ASCII:            !a.utf8(),
		Mono:             a.getenv("NO_COLOR") != "",
		Keys:             a.file.Keys,
		Banner:           notice,
		StateFile:        a.stateFile("screens.json"),
		Pager:            cmp.Or(a.getenv("CACHEVIEW_PAGER"), a.getenv("PAGER"), pager),
		Editor:           cmp.Or(a.getenv("CACHEVIEW_EDITOR"), a.getenv("VISUAL"), a.getenv("EDITOR"), editor),
		Clipboard:        clipboardTool(a.getenv, installed, runtime.GOOS),
		ExitOutput:       a.errw,
		Secrets:          a.file.SecretVariables(),
		URLs:             a.urls,
	})
	return cmp.Or(err, ctx.Err())
}

// installed tells whether there is such a program.
func installed(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

// site is the server that the settings of this app say, as the screen has it.
// config is asked anew for every connection: a password may have changed.
func (a *app) site(config func(context.Context) (inspect.Config, error)) ui.Site {
	a.used(scopeGroup)
	a.used(themeGroup)
	return ui.Site{
		Place:    ui.Place{Name: a.flags.connection, Environment: a.environment(), Source: a.fromFlask.source},
		Prefix:   a.firstFilter(),
		Delims:   a.delims(),
		Theme:    a.flags.theme,
		Decoders: a.decoders(),
		Open: func(ctx context.Context, db int) (ui.Backend, error) {
			cfg, err := config(ctx)
			if err != nil {
				return nil, err
			}
			if db != ui.DefaultDB {
				cfg.DB = &db
			}
			c, err := inspect.Open(ctx, cfg)
			if err != nil {
				return nil, err
			}
			return ui.NewBackend(c), nil
		},
	}
}

// firstFilter is the prefix that the screen starts with, in the printed form.
func (a *app) firstFilter() string {
	prefix, err := a.scopePrefix()
	if err != nil || len(prefix) == 0 {
		return ""
	}
	return decode.PrintableName(prefix)
}

// sites are the saved connections.
func (a *app) sites() []ui.Site {
	var all []ui.Site
	for _, name := range a.file.Names() {
		b, err := a.elsewhere(name)
		site := b.site(func(ctx context.Context) (inspect.Config, error) {
			if err != nil {
				return inspect.Config{}, err
			}
			return b.serverConfig(ctx)
		})
		c := a.file.Connections[name]
		site.Place = ui.Place{Name: name, Environment: c.Environment}
		var sentinel *inspect.Sentinel
		if c.Sentinel != nil {
			sentinel = &inspect.Sentinel{Master: c.Sentinel.Master, Addrs: c.Sentinel.Addrs}
		}
		site.About = about(c.URL, sentinel, c.SSH)
		all = append(all, site)
	}
	return all
}

// elsewhere is the app as it would be with another saved connection. Of the
// command line, which speaks of the first server, only what holds anywhere is
// kept: what it forbids, and the theme. Nobody can be asked for anything while
// the screen is open.
func (a *app) elsewhere(name string) (*app, error) {
	b := &app{out: io.Discard, errw: io.Discard, env: a.env, file: a.file, readsApps: a.readsApps}
	b.set = b.flags.shared()
	if err := b.fill(); err != nil {
		return b, err
	}
	if err := b.use(name); err != nil {
		return b, err
	}
	if a.set.Changed("read-only") {
		b.flags.readOnly = a.flags.readOnly || b.flags.readOnly
	}
	if a.set.Changed("protect") {
		b.flags.protect = append(b.flags.protect, a.flags.protect...)
	}
	if a.set.Changed("theme") {
		b.flags.theme = a.flags.theme
	}
	return b, nil
}

// about is where a server is, for people.
func about(url string, s *inspect.Sentinel, ssh string) string {
	text := inspect.RedactURL(url)
	if s != nil {
		text = "master " + s.Master + " of " + strings.Join(s.Addrs, ", ")
	}
	if ssh != "" {
		text += " via " + ssh
	}
	return text
}

// utf8 says whether the locale can show more than ASCII. Nothing said means
// yes, as on most machines that say nothing.
func (a *app) utf8() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := a.getenv(name); v != "" {
			v = strings.ToUpper(v)
			return strings.Contains(v, "UTF-8") || strings.Contains(v, "UTF8")
		}
	}
	return true
}
