package telemetry

import "github.com/socctl/socctl/evaluator"

// fewNames is up to how many members are looked through one by one. Real events
// have fewer; with more a name is looked up in an index, so that a record of very
// many does not take a time that grows with their square.
const fewNames = 256

// nameIndex are the names of the fields of an event, as far as it has got.
type nameIndex struct {
	seen         map[string]bool
	fields, back int // how many of them are in it
}

// named reports whether a field has the name, or a further one.
func (e *Event) named(name string) bool {
	if len(e.fields)+len(e.back) <= fewNames {
		_, taken := member(e.fields, name)
		if !taken {
			_, taken = member(e.back, name)
		}
		return taken
	}
	if e.names == nil {
		e.names = &nameIndex{seen: make(map[string]bool, len(e.fields))}
	}
	return e.names.has(e, name)
}

// has takes in what has come since it was asked last; fields only ever grow.
func (x *nameIndex) has(e *Event, name string) bool {
	for ; x.fields < len(e.fields); x.fields++ {
		x.seen[e.fields[x.fields].Name] = true
	}
	for ; x.back < len(e.back); x.back++ {
		x.seen[e.back[x.back].Name] = true
	}
	return x.seen[name]
}

// finderOf returns what member would for members, which is about to be asked for
// many names.
func finderOf(members []evaluator.Member) func(name string) (evaluator.Value, bool) {
	if len(members) <= fewNames {
		return func(name string) (evaluator.Value, bool) { return member(members, name) }
	}
	index := make(map[string]evaluator.Value, len(members))
	for _, m := range members {
		index[m.Name] = m.Value
	}
	return func(name string) (evaluator.Value, bool) {
		v, ok := index[name]
		return v, ok
	}
}
