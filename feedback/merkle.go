package feedback

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// Root returns what identifies a set of verdicts by their uids, whatever their
// order: "merkle:" and the root of the hash tree over the sorted uids, each once
// (leaves and nodes are told apart as in RFC 6962). A proposal names the evidence
// that it rests on by it.
func Root(uids []string) string {
	sorted := slices.Clone(uids)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	sum := sha256.Sum256(nil)
	if len(sorted) > 0 {
		sum = subtree(sorted)
	}
	return "merkle:" + hex.EncodeToString(sum[:])
}

func subtree(leaves []string) [32]byte {
	if len(leaves) == 1 {
		return sha256.Sum256(append([]byte{0}, leaves[0]...))
	}
	left := 1 // the largest power of two below the number of leaves
	for left*2 < len(leaves) {
		left *= 2
	}
	a, b := subtree(leaves[:left]), subtree(leaves[left:])
	return sha256.Sum256(slices.Concat([]byte{1}, a[:], b[:]))
}
