package flask

import (
	"crypto/md5" //nolint:gosec // the hash of keys
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"testing"
)

// chance is text of base64 characters.
func chance(rng *rand.Rand, n int) string {
	raw := make([]byte, n)
	for i := range raw {
		raw[i] = byte(rng.IntN(256))
	}
	return base64.StdEncoding.EncodeToString(raw)[:n]
}

// familyOfDigests is a family with a version.
func familyOfDigests(version string, digests ...string) *family {
	m := &family{familyKey: familyKey{version: version}}
	for _, d := range digests {
		m.add([]byte(d))
	}
	return m
}

// TestFamily_RealResultsLookHashed holds that nearly all families of real results
// pass, whatever their size.
func TestFamily_RealResultsLookHashed(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	const families = 3000
	passed := 0
	for n := range families {
		digests := make([]string, 2+n%40)
		for i := range digests {
			sum := md5.Sum(fmt.Appendf(nil, "app.f%d(%d,)OrderedDict()", n, i)) //nolint:gosec // the hash of keys
			digests[i] = base64.StdEncoding.EncodeToString(sum[:])[:digestLen]
		}
		if familyOfDigests(chance(rng, versionLen), digests...).looksMade() == "" {
			passed++
		}
	}
	if passed < families*95/100 {
		t.Errorf("%d of %d families of results look hashed", passed, families)
	}
}

// TestFamily_MadeNamesDoNot has names that programs make: an ID of chance and an ending
// that they have in common.
func TestFamily_MadeNamesDoNot(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	for _, ending := range []string{"v00003", "202611", "Avatar", "AbCdEf", "xxxxxx", "ababab", "page01", "261130", "a10000", "zzzzz9"} {
		for range 50 {
			digests := make([]string, 3+rng.IntN(20))
			for i := range digests {
				digests[i] = chance(rng, digestLen)
			}
			if familyOfDigests(ending, digests...).looksMade() == "" {
				t.Fatalf("keys that end in %s look like results: %q", ending, digests)
			}
		}
	}
}
