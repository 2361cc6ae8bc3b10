package record

import (
	"maps"
	"slices"
)

// Order is the order of the events of recordings that happened at the same time: that of
// their sources by name, as a folder is read, and in a source that in which they stand there.
// Their files hold them by view and by when they were recorded, which says nothing.
type Order struct{ ranks map[string]uint64 }

// OrderOf returns the order of the events of some recordings.
func OrderOf(folders ...string) (*Order, error) {
	o := &Order{map[string]uint64{}}
	for _, folder := range folders {
		m, err := ReadManifest(folder)
		if err != nil {
			return nil, err
		}
		for _, f := range m.Files {
			for source := range f.Sources {
				o.ranks[source] = 0
			}
		}
	}
	for i, source := range slices.Sorted(maps.Keys(o.ranks)) {
		o.ranks[source] = uint64(i+1) << 32
	}
	return o, nil
}

// Of returns the place of an event, which is above 1<<32; zero if the recordings have nothing
// of its source.
func (o *Order) Of(source string, index int) uint64 {
	rank := o.ranks[source]
	if rank == 0 {
		return 0
	}
	return rank + uint64(index)
}
