package ui

import (
	"sync"

	tea "charm.land/bubbletea/v2"

	"cacheview/ui/crash"
)

// guarded is a model, and what its commands do, whose panics end the program
// in order: the terminal is given back, and Run returns a *crash.Error. Bubble
// Tea would catch them, too, and print whatever they say.
type guarded struct {
	tea.Model
	*caught
}

// caught is the first panic, if any.
type caught struct {
	quit func() // ends the program
	mu   sync.Mutex
	err  *crash.Error
}

// panicked is deferred wherever the program's own code is called.
func (c *caught) panicked() {
	r := recover()
	if r == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = crash.FromPanic(r)
		go c.quit() // which waits for the loop that may have panicked
	}
}

func (c *caught) first() *crash.Error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Init is that of the model.
func (c guarded) Init() tea.Cmd {
	defer c.panicked()
	return c.guard(c.Model.Init())
}

// Update is that of the model, which gets nothing more after a panic.
func (c guarded) Update(msg tea.Msg) (same tea.Model, cmd tea.Cmd) {
	same = c
	if c.first() == nil {
		defer c.panicked()
		_, cmd = c.Model.Update(msg)
		cmd = c.guard(cmd)
	}
	return same, cmd
}

// View is that of the model.
func (c guarded) View() tea.View {
	defer c.panicked()
	return c.Model.View()
}

// guard catches what a command panics with.
func (c *caught) guard(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		defer c.panicked()
		msg := cmd()
		batch, ok := msg.(tea.BatchMsg)
		if !ok {
			return msg
		}
		all := make(tea.BatchMsg, len(batch))
		for i, one := range batch {
			all[i] = c.guard(one)
		}
		return all
	}
}
