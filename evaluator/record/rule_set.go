package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
)

// ofRules is how names of files start in the cache that say which rules there are in a set.
// What is known of a file names such sets: thousands of rules find nothing in most files,
// and to say so of each of them in each file would take longer than to replay some.
const ofRules = "rules-"

const (
	maxRuleSets = 64     // that a recording remembers; those that were used last
	maxNamed    = 8      // that a file names; then they become one
	maxKnown    = 20_000 // rules in that one; with more, rules of other programs are forgotten
)

// ruleSets tells which rules of a program files do not know. It is for one goroutine.
type ruleSets struct {
	cache   *cache
	keys    []ruleKey // of the rules of the program, by number
	numbers map[ruleKey][]int
	sets    map[string][]ruleKey // in ascending order, by name; nil for those that are gone
	lacking map[string][]int     // see missing
	more    map[string][]string  // see joined
}

func newRuleSets(c *cache, p *compiler.Program) *ruleSets {
	s := &ruleSets{cache: c, numbers: map[ruleKey][]int{}, sets: map[string][]ruleKey{}, lacking: map[string][]int{}, more: map[string][]string{}}
	for n, r := range p.Rules {
		key := keyOf(r)
		s.keys, s.numbers[key] = append(s.keys, key), append(s.numbers[key], n)
	}
	return s
}

// missing returns which rules of the program are in no set of some names.
func (s *ruleSets) missing(names []string) []int {
	of := strings.Join(names, " ")
	out, known := s.lacking[of]
	if known {
		return out
	}
	there := s.union(names)
	for n, key := range s.keys {
		if _, found := slices.BinarySearchFunc(there, key, compareKeys); !found {
			out = append(out, n)
		}
	}
	s.lacking[of] = out
	return out
}

// joined returns the names of sets with the rules of those of some names and with all of
// the program.
func (s *ruleSets) joined(names []string) []string {
	of := strings.Join(names, " ")
	if s.more[of] == nil {
		s.more[of] = s.join(names)
	}
	return s.more[of]
}

func (s *ruleSets) join(names []string) []string {
	out := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return s.set(name) == nil })
	var more []ruleKey
	for _, n := range s.missing(names) {
		more = append(more, s.keys[n])
	}
	if len(out) == maxNamed {
		more, out = append(s.union(out), more...), nil
		if len(more) > maxKnown {
			more = slices.DeleteFunc(more, func(key ruleKey) bool { return s.numbers[key] == nil })
		}
	}
	if len(more) == 0 {
		return out
	}
	return append(out, s.named(sortedKeys(more)))
}

// union returns the rules of some sets, in ascending order.
func (s *ruleSets) union(names []string) []ruleKey {
	var out []ruleKey
	for _, name := range names {
		out = append(out, s.set(name)...)
	}
	return sortedKeys(out)
}

func sortedKeys(keys []ruleKey) []ruleKey {
	slices.SortFunc(keys, compareKeys)
	return slices.Compact(keys)
}

func compareKeys(a, b ruleKey) int { return bytes.Compare(a[:], b[:]) }

// set reads a set; nil if it is gone or damaged.
func (s *ruleSets) set(name string) []ruleKey {
	keys, known := s.sets[name]
	if known {
		return keys
	}
	path := filepath.Join(s.cache.dir, ofRules+name)
	for text := s.cache.seal.read(path); len(text) >= len(ruleKey{}); text = text[len(ruleKey{}):] {
		keys = append(keys, ruleKey(text))
	}
	if keys != nil {
		now := time.Now()
		_ = os.Chtimes(path, now, now) // it is in use
	}
	s.sets[name] = keys
	return keys
}

// named gives a set its name, and writes it if it is not there.
func (s *ruleSets) named(keys []ruleKey) string {
	text := make([]byte, 0, len(keys)*len(ruleKey{}))
	for _, key := range keys {
		text = append(text, key[:]...)
	}
	sum := sha256.Sum256(text)
	name := hex.EncodeToString(sum[:16])
	if s.set(name) == nil {
		if os.MkdirAll(s.cache.dir, 0o755) == nil && s.cache.seal.replace(filepath.Join(s.cache.dir, ofRules+name), text) == nil {
			keepLatest(s.cache.dir, ofRules, maxRuleSets)
		}
		s.sets[name] = keys
	}
	return name
}
