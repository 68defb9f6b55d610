package value

import "strconv"

// List is Items held in a slice.
type List []Value

// Len returns the number of items.
func (l List) Len() int { return len(l) }

// At returns item i.
func (l List) At(i int) Value { return l[i] }

// Pair is one entry of a Dict.
type Pair struct{ Key, Value Value }

// Dict is Pairs held in a slice.
type Dict []Pair

// Len returns the number of entries.
func (d Dict) Len() int { return len(d) }

// At returns entry i.
func (d Dict) At(i int) (key, val Value) { return d[i].Key, d[i].Value }

func uintDigits(n uint64) string { return strconv.FormatUint(n, 10) }
