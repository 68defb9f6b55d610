package flaskcaching

import "strings"

// FunctionRef is what a memoize key belongs to.
type FunctionRef struct {
	Function string // module.qualname
	Instance string // repr of the object, for a method
}

// Versions are the live versions of an app: what its memver keys hold. With
// them a memoize key, which is only a hash, can be given to its function. The
// zero value is ready to use.
type Versions struct {
	names map[string]string // version -> name of its memver key, whole
}

// Add takes in one memver key and the version that it holds.
func (v *Versions) Add(memver Key, version string) {
	if memver.Kind != Memver || len(version) != versionLen {
		return
	}
	if v.names == nil {
		v.names = make(map[string]string)
	}
	v.names[version] = strings.TrimSuffix(memver.Name, memverSuffix)
}

// Len returns the number of versions.
func (v *Versions) Len() int { return len(v.names) }

// Owner returns what a memoize key belongs to. It reports false when one of
// the versions in the key is held by no memver key: then the application can
// never ask for that key again, and only its TTL removes it.
func (v *Versions) Owner(k Key) (FunctionRef, bool) {
	if k.Kind != Memoize || len(k.Versions) == 0 {
		return FunctionRef{}, false
	}
	function, ok := v.names[k.Versions[0]]
	if !ok || len(k.Versions) == 1 {
		return FunctionRef{Function: function}, ok
	}
	instance, ok := strings.CutPrefix(v.names[k.Versions[1]], function+".")
	if !ok {
		return FunctionRef{}, false
	}
	return FunctionRef{function, instance}, true
}
