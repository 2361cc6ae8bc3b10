package correlation

import (
	"encoding/binary"
	"time"

	"github.com/socctl/socctl/compiler"
)

// Alert is a correlation whose condition a window met.
type Alert struct {
	Correlation  *compiler.Correlation
	Time         time.Time // of the last contributor (D54)
	Group        []GroupValue
	Value        compiler.Number // of the window; 0 for temporal types that compare nothing
	Contributors []*Contributor  // in the order of their times
	Dropped      int             // contributors that a limit dropped
}

// GroupValue is one part of a group's key.
type GroupValue struct {
	Name    string
	Value   string // text form of the field's value
	Present bool   // false for events that lack the field, which are a group of their own (D50)
}

// Contributor is a match, or an alert of another correlation, that an alert is
// made of.
type Contributor struct {
	Rule   *compiler.Rule // nil for an alert
	Alert  *Alert         // nil for a match
	Time   time.Time
	Origin string // of Hit
}

// appendKeyPart adds a part to a group's key, so that different lists of parts
// never give the same key.
func appendKeyPart(key []byte, text string, present bool) []byte {
	if !present {
		return append(key, 0)
	}
	key = binary.AppendUvarint(append(key, 1), uint64(len(text)))
	return append(key, text...)
}

// groupValues takes a key apart; false if it does not have that many parts.
func groupValues(names []string, key string) ([]GroupValue, bool) {
	rest := []byte(key)
	out := make([]GroupValue, 0, len(names))
	for _, name := range names {
		if len(rest) == 0 {
			return nil, false
		}
		v := GroupValue{Name: name, Present: rest[0] == 1}
		rest = rest[1:]
		if v.Present {
			size, n := binary.Uvarint(rest)
			if n <= 0 || size > uint64(len(rest)-n) {
				return nil, false
			}
			v.Value = string(rest[n : n+int(size)])
			rest = rest[n+int(size):]
		}
		out = append(out, v)
	}
	return out, len(rest) == 0
}
