package keyspace

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Type is the type of a key's value, by the name that TYPE answers. Types of
// modules get a number when their name is first seen.
type Type uint8

// The types that the program knows, UnknownType until the server was asked.
const (
	UnknownType Type = iota
	String
	Hash
	List
	Set
	ZSet
	Stream
	JSON
	Vector
	Other // a type that has no number, because there are too many
	numTypes
)

// maxType is the largest number of a type; an index has six bits for it.
const maxType Type = 1<<whenBits - 1

// moduleTypes are the names that were seen beyond the types above. It only
// grows; a number stands for one name as long as the program runs.
var moduleTypes struct {
	mu    sync.Mutex
	names atomic.Pointer[[]string] // by number, from numTypes on
}

var typeNames = [numTypes]string{"", "string", "hash", "list", "set", "zset", "stream", "ReJSON-RL", "vectorset", "other"}

// String returns the name that TYPE answers, "" when unknown.
func (t Type) String() string {
	if t < numTypes {
		return typeNames[t]
	}
	names := moduleTypes.names.Load()
	if i := int(t - numTypes); names != nil && i < len(*names) {
		return (*names)[i]
	}
	return typeNames[Other]
}

// IsModule reports whether the program has no reader of its own for the type.
func (t Type) IsModule() bool { return t >= Other }

// ParseType is the reverse of String. "none" and "" are UnknownType.
func ParseType(name string) Type {
	if name == "" || name == "none" {
		return UnknownType
	}
	for t := String; t < numTypes; t++ {
		if typeNames[t] == name {
			return t
		}
	}
	if t, ok := moduleType(name); ok {
		return t
	}
	moduleTypes.mu.Lock()
	defer moduleTypes.mu.Unlock()
	if t, ok := moduleType(name); ok {
		return t
	}
	var names []string
	if p := moduleTypes.names.Load(); p != nil {
		names = *p
	}
	if len(names) > int(maxType-numTypes) {
		return Other
	}
	names = append(slices.Clone(names), name)
	moduleTypes.names.Store(&names)
	return numTypes + Type(len(names)-1)
}

// moduleNameLen is the length of the name of a module's type: the module API
// takes no other. See RM_CreateDataType in Redis' module.c.
const moduleNameLen = 9

// ParseTypeWord reads a type that a user named. Words of Redis are taken in any
// case, as SCAN takes them. ok is false for a word that names no type of Redis
// and cannot name one of a module.
func ParseTypeWord(word string) (t Type, ok bool) {
	for t := String; t < Other; t++ {
		if strings.EqualFold(typeNames[t], word) {
			return t, true
		}
	}
	if strings.EqualFold(word, "json") {
		return JSON, true
	}
	if len(word) != moduleNameLen || strings.Trim(word, moduleNameChars) != "" {
		return UnknownType, false
	}
	return ParseType(word), true
}

const moduleNameChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

func moduleType(name string) (Type, bool) {
	names := moduleTypes.names.Load()
	if names == nil {
		return 0, false
	}
	i := slices.Index(*names, name)
	return numTypes + Type(max(i, 0)), i >= 0
}
