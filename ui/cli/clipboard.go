package cli

import "strings"

// clipboardTool is the program that puts its standard input on the clipboard of
// the machine that somebody sits at; nil leaves that to the terminal.
// CACHEVIEW_CLIPBOARD names another one, or is "terminal".
func clipboardTool(getenv func(string) string, there func(program string) bool, system string) []string {
	if own := strings.Fields(getenv("CACHEVIEW_CLIPBOARD")); len(own) > 0 {
		if own[0] == "terminal" {
			return nil
		}
		return own
	}
	// Over SSH the clipboard of this machine is nobody's.
	remote := getenv("SSH_CONNECTION") != "" || getenv("SSH_TTY") != ""
	for _, tool := range []struct {
		command string
		on      bool
	}{
		{"pbcopy", system == "darwin" && !remote},
		{"wl-copy", getenv("WAYLAND_DISPLAY") != "" && !remote},
		{"xclip -selection clipboard -in", getenv("DISPLAY") != "" && !remote},
		{"xsel --clipboard --input", getenv("DISPLAY") != "" && !remote},
		{"clip.exe", (system == "windows" || getenv("WSL_DISTRO_NAME") != "") && !remote},
		// tmux does not let through what programs send to the terminal, but
		// sends it itself.
		{"tmux load-buffer -w -", getenv("TMUX") != ""},
	} {
		if args := strings.Fields(tool.command); tool.on && there(args[0]) {
			return args
		}
	}
	return nil
}
