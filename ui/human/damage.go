package human

import (
	"errors"

	"cacheview/decode"
	"cacheview/inspect/journal"
)

// DamagedKeys lists the names of damaged records, quoted as far as they could be
// read. A name whose own checksum does not hold is marked.
func DamagedKeys(damage []error) []string {
	var names []string
	for _, err := range damage {
		d, ok := errors.AsType[*journal.DamageError](err)
		if !ok || d.Key == nil {
			continue
		}
		name := decode.Printable(string(d.Key))
		if !d.KeyProven {
			name = "probably " + name
		}
		names = append(names, name)
	}
	return names
}
