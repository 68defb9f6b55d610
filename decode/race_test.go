//go:build race

package decode_test

// repeatedBytes is small with the race detector, which takes ten times the
// time; make test runs the repetitions without it as well.
const repeatedBytes = 20_000
