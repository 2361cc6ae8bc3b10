package telemetry

import (
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// nameSet tells most names that an event does not have. Rules and views ask every event that
// they meet for hundreds of names, of which it has few. The zero value tells none.
type nameSet [4]uint64

// nameSet returns the set of the names of an event, and of those that its record has at the
// top. A path with dots is found in a member that has its name, or begins it up to a dot.
func (e *Event) nameSet() (s nameSet) {
	for _, members := range [...][]evaluator.Member{e.front, e.fields, e.back, e.record.Value.Members()} {
		for i := range members {
			s.add(members[i].Name)
		}
	}
	return s
}

func (s *nameSet) add(name string) {
	at := nameHash(name)
	s[at>>6] |= 1 << (at & 63)
}

// lacks reports whether a name is known not to be found.
func (s *nameSet) lacks(name string) bool {
	if s.may(name) || *s == (nameSet{}) {
		return false
	}
	for at := strings.IndexByte(name, '.'); at >= 0; {
		if s.may(name[:at]) {
			return false
		}
		next := strings.IndexByte(name[at+1:], '.')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return true
}

// may reports whether a name may be one of the set.
func (s *nameSet) may(name string) bool {
	at := nameHash(name)
	return s[at>>6]>>(at&63)&1 != 0
}

// nameHash returns a number of eight bits that says something about a name.
func nameHash(name string) uint8 {
	n := len(name)
	if n == 0 {
		return 0
	}
	return uint8(n)*37 + name[0]*5 + name[n/2]*17 + name[n-1]*91
}
