package flask

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"hash"
)

// hashes are the hash functions of Python's hashlib that an app may set as
// hash_method, the default ones first.
var hashes = []struct {
	name string
	new  func() hash.Hash
}{
	{"MD5", md5.New},
	{"SHA-256", sha256.New},
	{"SHA-1", sha1.New},
	{"SHA-224", sha256.New224},
	{"SHA-384", sha512.New384},
	{"SHA-512", sha512.New},
}

// digestsOf calls fn with the digest of a text by each hash function, until it
// returns false.
func digestsOf(text []byte, fn func(hash, digest string) bool) {
	for _, h := range hashes {
		sum := h.new()
		sum.Write(text)
		if !fn(h.name, base64.StdEncoding.EncodeToString(sum.Sum(nil))[:digestLen]) {
			return
		}
	}
}
