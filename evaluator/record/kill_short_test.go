//go:build unix && !long

package record

// kills is how often a writer is killed; the long run kills it more often.
const kills = 12
