package ui

import (
	"context"
	"reflect"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// driver runs a model as Bubble Tea does, without its frame timer: every
// message is followed by a View, every command has a goroutine of its own.
type driver struct {
	m    *model
	msgs chan tea.Msg

	screen string // as it was drawn last
	drawn  int    // so often
}

// drive starts a session with the keys of a server and shows it on a large
// screen.
func drive(t *testing.T, be Backend, opt Options) *driver {
	opt.Open = func(context.Context, int) (Backend, error) { return be, nil }
	d := &driver{m: newModel(t.Context(), opt), msgs: make(chan tea.Msg, 1000)}
	d.m.resize(200, 50)
	d.run(d.m.Init())
	return d
}

func (d *driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		if msg := cmd(); msg != nil {
			select {
			case d.msgs <- msg:
			case <-d.m.top.Done():
			}
		}
	}()
}

func (d *driver) step(msg tea.Msg) {
	if v := reflect.ValueOf(msg); v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeOf(tea.Cmd(nil)) {
		for i := range v.Len() {
			d.run(v.Index(i).Interface().(tea.Cmd))
		}
		return
	}
	_, cmd := d.m.Update(msg)
	d.run(cmd)
	d.screen = d.m.View().Content
	d.drawn++
}

func (d *driver) until(ok func() bool) {
	for !ok() {
		d.step(<-d.msgs)
	}
}

// settled tells whether all rows of what was asked for are on the screen.
func (d *driver) settled() bool { return d.m.whole() && !d.m.build.on }
