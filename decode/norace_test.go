//go:build !race

package decode_test

// repeatedBytes is the length of a repetition that must end by a limit.
const repeatedBytes = 500_000
