// Command picture turns captured terminal screens (tmux capture-pane -e) into an
// SVG on standard output. It draws what the terminal would show, cell by cell,
// and nothing that is not in the capture. Of one capture, on standard input, it
// makes a still; of several, named as arguments, a picture that shows one after
// the other, for as many seconds as stand behind each name: keys.ansi=2.5.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/vt"
)

func main() {
	w := flag.Int("w", 120, "columns of a capture")
	h := flag.Int("h", 40, "lines of a capture")
	title := flag.String("title", "cacheview", "what a screen reader says")
	light := flag.Bool("light", false, "on white paper")
	flag.Parse()
	d := &drawing{w: *w, h: *h, palette: dark}
	if *light {
		d.palette = bright
	}
	frames, err := readFrames(flag.Args(), *w, *h)
	if err != nil {
		log.Fatal(err)
	}
	out := bufio.NewWriter(os.Stdout)
	d.draw(out, *title, frames)
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}

// frame is a screen and how long it is shown.
type frame struct {
	screen  *vt.Emulator
	seconds float64
}

func readFrames(args []string, w, h int) ([]frame, error) {
	if len(args) == 0 {
		raw, err := io.ReadAll(os.Stdin)
		if err != nil {
			return nil, err
		}
		screen, err := emulate(raw, w, h)
		return []frame{{screen, 0}}, err
	}
	var frames []frame
	for _, arg := range args {
		name, text, _ := strings.Cut(arg, "=")
		seconds, err := strconv.ParseFloat(text, 64)
		if err != nil || seconds <= 0 {
			return nil, fmt.Errorf("%s: say for how many seconds, as in name=2.5", arg)
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		screen, err := emulate(raw, w, h)
		if err != nil {
			return nil, err
		}
		frames = append(frames, frame{screen, seconds})
	}
	return frames, nil
}

// emulate shows a capture on a screen.
func emulate(raw []byte, w, h int) (*vt.Emulator, error) {
	screen := vt.NewEmulator(w, h)
	text := strings.ReplaceAll(strings.TrimRight(string(raw), "\n"), "\n", "\r\n")
	_, err := screen.WriteString(text)
	return screen, err
}
