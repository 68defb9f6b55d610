package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cacheview/inspect/inspecttest"
)

const (
	pasteBegin = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

// TestPasteOfRawBytes pastes what most terminals would not let through: escape
// sequences whole and cut, controls, the mark that ends a paste. All of it is
// text in the line that is typed: no key of it is pressed, no key after it is
// lost, and nothing is written to the server.
func TestPasteOfRawBytes(t *testing.T) {
	t.Parallel()
	evil := "a" + "d" + "y" + "\r" + "D" + "y" + "5\r" + "Cy\r" + "e5m\rR" + "new\r" + "i" + "y"
	for name, paste := range map[string][]string{ // as it is read, one packet after the other
		"escape":                {"needle\x1b"},
		"escapes":               {"needle\x1b\x1b\x1b"},
		"colour":                {"needle\x1b[31m"},
		"key":                   {"needle\x1b[A\x1bOP\x1b[3~"},
		"CSI without its end":   {"needle\x1b["},
		"CSI with parameters":   {"needle\x1b[1;2;"},
		"title":                 {"needle\x1b]0;owned\a"},
		"title without its end": {"needle\x1b]0;owned"},
		"answer":                {"needle\x1b]11;rgb:ffff/ffff/ffff"},
		"device control":        {"needle\x1bP+q544e"},
		"application":           {"needle\x1b_Gowned"},
		"start of string":       {"needle\x1bXowned"},
		"privacy":               {"needle\x1b^owned"},
		"8-bit controls":        {"needle\x9b31m\x9d0;owned\x90q\x98\x9f"},
		"C1 as UTF-8":           {"needle\u009b31m\u009d0;owned"},
		"controls":              {"needle\x00\x03\x04\x08\x15\x1a\x7f"},
		"not UTF-8":             {"needle\xff\xe2\x82"},
		"mouse":                 {"needle\x1b[<0;5;5M\x1b[M   "},
		"keyboard protocol":     {"needle\x1b[99;5u\x1b[100u\x1b[27u"},
		"lines":                 {"needle\r\n" + evil},
		"the mark of its end":   {"needle" + pasteEnd + evil},
		"both marks":            {"needle" + pasteEnd + evil + pasteBegin + "x"},
		"its end in pieces":     {"nee", "dle\x1b[2", "01", "~x\x1b", "[20"},
		"a letter in pieces":    {"needle\xc3", "\xa9\xe2", "\x82", "\xac"},
		"long":                  {"needle" + strings.Repeat("\x1b]0;dy\r", 3000)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := inspecttest.Start(t)
			s.Fill(0, 5, func(i int) string { return "key:" + time.Duration(i).String() }, "value")
			w := s.Dial(0)
			before := deletions(w)
			p := startScreen(t, 120, 30, nil, s.URL(0))
			p.shows("5 keys")
			p.shows("● live")
			parts := append([]string(nil), paste...)
			parts[0] = pasteBegin + parts[0]
			parts[len(parts)-1] += pasteEnd
			for _, part := range parts {
				p.press(part)
				time.Sleep(20 * time.Millisecond) // a packet of its own
			}
			p.shows("needle")
			p.press("\x15Q") // empties the line, and types the next key
			p.shows("prefix › Q ")
			p.press("\x15key:\r")
			p.shows("5 keys")
			p.press("?")
			p.shows("quit")
			p.press("\x03")
			if status := p.ends(); status != exitDone {
				t.Errorf("exit status %d", status)
			}
			p.restored()
			if after := deletions(w); after != before || w.Int("DBSIZE") != 5 {
				t.Errorf("the server was written to:\n%s", after)
			}
		})
	}
}

// TestKeys_TypedFast sends keys in one packet, faster than anybody types: each
// of them acts, also those that come while the server is still being asked. A
// paste is told from typing by the terminal's marks and not by speed.
func TestKeys_TypedFast(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys string
		want func(w *inspecttest.Wire) bool
	}{
		"delete":           {"/key:1\rdy", func(w *inspecttest.Wire) bool { return w.Int("EXISTS", "key:1") == 0 && w.Int("DBSIZE") == 4 }},
		"delete, undo":     {"/key:1\rdyu", func(w *inspecttest.Wire) bool { return w.Int("EXISTS", "key:1") == 1 && w.Int("DBSIZE") == 5 }},
		"delete by prompt": {"/key:1\r:delete\ry", func(w *inspecttest.Wire) bool { return w.Int("EXISTS", "key:1") == 0 }},
		"cancel":           {"/key:1\rdn", func(w *inspecttest.Wire) bool { return w.Int("DBSIZE") == 5 }},
		"TTL":              {"/key:1\re5m\r", func(w *inspecttest.Wire) bool { return w.Int("TTL", "key:1") > 200 }},
		"rename":           {"/key:1\rRnew\r", func(w *inspecttest.Wire) bool { return w.Int("EXISTS", "key:1new") == 1 }},
	} {
		for _, delay := range []time.Duration{0, 30 * time.Millisecond} {
			t.Run(fmt.Sprint(name, ", delay ", delay), func(t *testing.T) {
				t.Parallel()
				s := inspecttest.Start(t)
				s.Fill(0, 5, func(i int) string { return fmt.Sprint("key:", i) }, "value")
				proxy := inspecttest.NewProxy(t, s.Addr)
				p := startScreen(t, 120, 30, nil, "redis://"+proxy.Addr+"/0")
				p.shows("5 keys")
				p.shows("● live")
				proxy.Delay(delay)
				p.press(c.keys)
				w := s.Dial(0)
				for end := time.Now().Add(20 * time.Second); !c.want(w); time.Sleep(20 * time.Millisecond) {
					if time.Now().After(end) {
						t.Fatalf("%q had no effect:\n%s", c.keys, p.out.screen())
					}
				}
				proxy.Delay(0)
				p.press("\x03")
				p.ends()
			})
		}
	}
}

// TestPasteThatNeverEnds has the end of a paste lost on the way: ctrl+c, alone,
// still quits.
func TestPasteThatNeverEnds(t *testing.T) {
	t.Parallel()
	for name, ctrlC := range map[string]string{"as a control": "\x03", "by the keyboard protocol": "\x1b[99;5u"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := inspecttest.Start(t)
			s.Dial(0).Do("SET", "key", "value")
			p := startScreen(t, 80, 24, nil, s.URL(0))
			p.shows("● live")
			p.press(pasteBegin + "dy\r\x1b]0;")
			time.Sleep(50 * time.Millisecond) // a packet of its own
			p.press("y\r")
			time.Sleep(50 * time.Millisecond)
			p.press(ctrlC)
			if status := p.ends(); status != exitDone {
				t.Errorf("exit status %d", status)
			}
			p.restored()
			if s.Dial(0).Int("DBSIZE") != 1 {
				t.Error("a key was deleted")
			}
		})
	}
}
