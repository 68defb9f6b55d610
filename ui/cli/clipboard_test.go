package cli

import (
	"slices"
	"strings"
	"testing"
)

func TestClipboardTool(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, env, there, system, want string }{
		{"nothing known", "", "xclip wl-copy tmux", "linux", ""},
		{"X11", "DISPLAY=:0", "xclip xsel", "linux", "xclip -selection clipboard -in"},
		{"X11 with xsel alone", "DISPLAY=:0", "xsel", "linux", "xsel --clipboard --input"},
		{"Wayland", "DISPLAY=:0 WAYLAND_DISPLAY=w", "xclip wl-copy", "linux", "wl-copy"},
		{"macOS", "", "pbcopy", "darwin", "pbcopy"},
		{"over SSH", "DISPLAY=:0 SSH_CONNECTION=x", "xclip", "linux", ""},
		{"macOS over SSH", "SSH_TTY=x", "pbcopy", "darwin", ""},
		{"tmux over SSH", "SSH_TTY=x TMUX=x", "tmux xclip", "linux", "tmux load-buffer -w -"},
		{"tmux under X11", "DISPLAY=:0 TMUX=x", "tmux xclip", "linux", "xclip -selection clipboard -in"},
		{"WSL", "WSL_DISTRO_NAME=x", "clip.exe", "linux", "clip.exe"},
		{"chosen", "CACHEVIEW_CLIPBOARD=mine DISPLAY=:0", "xclip", "linux", "mine"},
		{"the terminal chosen", "CACHEVIEW_CLIPBOARD=terminal DISPLAY=:0", "xclip", "linux", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{}
			for _, pair := range strings.Fields(tt.env) {
				name, value, _ := strings.Cut(pair, "=")
				env[name] = value
			}
			there := func(program string) bool { return slices.Contains(strings.Fields(tt.there), program) }
			got := clipboardTool(func(name string) string { return env[name] }, there, tt.system)
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
