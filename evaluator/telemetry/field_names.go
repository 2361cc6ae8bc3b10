package telemetry

import (
	"math/bits"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// fieldNames is an ordered list of at most 64 field names, of which an event has
// few: it tells which, instead of asking for each.
type fieldNames struct {
	names   []string
	at      map[string]int
	lengths uint64 // bit for each length of a name
	nested  uint64 // bit for each name that may lead into an object
}

func newFieldNames(names ...string) *fieldNames {
	f := &fieldNames{names: names, at: make(map[string]int, len(names))}
	for i, name := range names {
		f.at[name] = i
		f.lengths |= 1 << (len(name) & 63)
		if strings.IndexByte(name, '.') >= 0 {
			f.nested |= 1 << i
		}
	}
	return f
}

// of yields the names that an event may have a field of, in the order of the list.
func (f *fieldNames) of(e *Event) func(yield func(name string) bool) {
	return func(yield func(name string) bool) {
		there := f.nested | f.among(e.front) | f.among(e.fields) | f.among(e.back) | f.among(e.record.Value.Members())
		for ; there != 0; there &= there - 1 {
			if !yield(f.names[bits.TrailingZeros64(there)]) {
				return
			}
		}
	}
}

// among returns a bit for each name that one of the members has.
func (f *fieldNames) among(members []evaluator.Member) (there uint64) {
	for i := range members {
		name := members[i].Name
		if f.lengths>>(len(name)&63)&1 == 0 {
			continue
		}
		if n, ok := f.at[name]; ok {
			there |= 1 << n
		}
	}
	return there
}
