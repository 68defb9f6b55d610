package pickle

import (
	"errors"
	"fmt"

	"cacheview/decode/value"
)

// saveList writes a list. It is in the memo before its items are, so that it
// may hold itself.
func (e *encoder) saveList(items value.Items, id any) error {
	e.write(']')
	e.memoize(id)
	return e.appendAll(items)
}

// appendAll writes the items of the list on top of the stack, a thousand at a
// time; a single item has an opcode of its own.
func (e *encoder) appendAll(items value.Items) error {
	n := length(items)
	if n == 1 {
		err := e.saveAt(items, 0)
		e.write('a')
		return err
	}
	for i := 0; i < n; {
		e.write('(')
		for end := min(i+batchSize, n); i < end; i++ {
			if err := e.saveAt(items, i); err != nil {
				return err
			}
		}
		e.write('e')
	}
	return nil
}

// saveDict writes a dict. CPython closes a batch before it looks for the next
// entry: after exactly a thousand there is an empty batch.
func (e *encoder) saveDict(pairs value.Pairs, id any) error {
	e.write('}')
	e.memoize(id)
	n := 0
	if pairs != nil {
		n = pairs.Len()
	}
	switch n {
	case 0:
		return nil
	case 1:
		err := e.savePair(pairs, 0)
		e.write('s')
		return err
	}
	for i, full := 0, true; full; {
		end := min(i+batchSize, n)
		full = end == i+batchSize
		e.write('(')
		for ; i < end; i++ {
			if err := e.savePair(pairs, i); err != nil {
				return err
			}
		}
		e.write('u')
	}
	return nil
}

func (e *encoder) savePair(pairs value.Pairs, i int) error {
	key, val := pairs.At(i)
	if err := e.save(key, true); err != nil {
		return within(fmt.Sprintf(" key %d", i), err)
	}
	if err := e.save(val, false); err != nil {
		if key.Kind() == value.Text {
			return within(fmt.Sprintf("[%q]", key.Text()), err)
		}
		return within(fmt.Sprintf(" value %d", i), err)
	}
	return nil
}

// saveTuple writes a tuple, which is made after its items. One that holds
// itself (through a list) is then already in the memo and is fetched instead.
func (e *encoder) saveTuple(items value.Items, id any) error {
	n := length(items)
	if n == 0 {
		e.write(')')
		return nil
	}
	if n > 3 {
		e.write('(')
	}
	for i := range n {
		if err := e.saveAt(items, i); err != nil {
			return err
		}
	}
	if _, made := e.memo[id]; made {
		if n > 3 {
			e.write('1')
		} else {
			e.write([]byte{'0', '0', '0'}[:n]...)
		}
		e.recall(id)
		return nil
	}
	if n > 3 {
		e.write('t')
	} else {
		e.write(byte(0x84 + n))
	}
	e.memoize(id)
	return nil
}

// saveSet writes a set: in batches from protocol 4 on, as a call before.
func (e *encoder) saveSet(items value.Items, id any) error {
	if e.proto < 4 {
		return e.saveSetCall("set", items, id)
	}
	e.write(0x8f)
	e.memoize(id)
	n := length(items)
	for i, full := 0, n > 0; full; {
		end := min(i+batchSize, n)
		full = end == i+batchSize
		e.write('(')
		for ; i < end; i++ {
			if err := e.saveAt(items, i); err != nil {
				return err
			}
		}
		e.write(0x90)
	}
	return nil
}

// saveFrozenset writes a frozenset, like a tuple after its items.
func (e *encoder) saveFrozenset(items value.Items, id any) error {
	if e.proto < 4 {
		return e.saveSetCall("frozenset", items, id)
	}
	e.write('(')
	for i := range length(items) {
		if err := e.saveAt(items, i); err != nil {
			return err
		}
	}
	if _, made := e.memo[id]; made {
		e.write('1')
		e.recall(id)
		return nil
	}
	e.write(0x91)
	e.memoize(id)
	return nil
}

// saveSetCall writes set([...]) or frozenset([...]).
func (e *encoder) saveSetCall(class string, items value.Items, id any) error {
	module := "builtins"
	if e.proto == 2 {
		module = "__builtin__"
	}
	e.saveGlobal(module + "\n" + class + "\n")
	if err := e.saveList(items, nil); err != nil {
		return err
	}
	e.write(0x85)
	e.memoize(nil)
	e.write('R')
	e.memoize(id)
	return nil
}

func (e *encoder) saveAt(items value.Items, i int) error {
	if err := e.save(items.At(i), false); err != nil {
		return within(fmt.Sprintf("[%d]", i), err)
	}
	return nil
}

func length(items value.Items) int {
	if items == nil {
		return 0
	}
	return items.Len()
}

// within puts the step that led to a part in front of the path of its error.
func within(step string, err error) error {
	if e, ok := errors.AsType[*EncodeError](err); ok {
		e.Path = step + e.Path
	}
	return err
}
