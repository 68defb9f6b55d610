//go:build long

package cli

// The largest string that Redis takes, and as many fields as nobody should have.
const (
	hugeString = 512 << 20 // bytes
	hugeFields = 5_000_000
	hugeField  = 20 // bytes

	manyKeys = 1_000_000
)
