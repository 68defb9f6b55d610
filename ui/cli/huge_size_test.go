//go:build !long

package cli

// What TestHuge and TestManyKeys are run with in every test: large enough to be beyond all that is
// read and kept at once. `make long` has the largest that a server takes.
const (
	hugeString = 128 << 20 // bytes
	hugeFields = 200_000
	hugeField  = 400 // bytes

	manyKeys = 50_000
)
