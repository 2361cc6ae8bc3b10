package telemetry

import (
	"sync"

	"github.com/socctl/socctl/evaluator"
)

// Event is a record as rules see it. Its own fields are the native ones: for a
// Windows event the flat names that Sigma rules use (EventID, Channel,
// Provider_Name, the names of EventData and UserData), for anything else the
// record as it was received. Names of the source's own shape
// (Event.System.EventID, winlog.channel, SourceName …) are found as well.
//
// An Event does not change and may be used by several goroutines at once.
type Event struct {
	normaliser *Normaliser
	record     Record
	shape      shape

	front  []evaluator.Member // canonical fields that hide those of the same name in fields
	fields []evaluator.Member // every field once, under its first name; the last of a name wins
	back   []evaluator.Member // further names, used where no field has the name
	hint   map[string]string  // logsource that the record states itself; nil if none
	names  *nameIndex         // of fields and back while they grow, if they are many
	known  nameSet            // of all names that may be found, once the event is complete

	channel string // Channel of a Windows event as received
	id      int    // EventID of a Windows event, -1 if unknown

	once       sync.Once
	views      []evaluator.View
	timeFields []string // that the views name for the time; set with views, or if timed
	timed      bool     // timeFields are known without the views
}

// Record returns the record from which the event was made.
func (e *Event) Record() Record { return e.record }

// Windows reports whether the record was recognised as a Windows event, or as
// one of Sysmon for Linux, which has the same shape.
func (e *Event) Windows() bool { return e.shape != shapeOther }

// Field implements evaluator.Event on the native view.
func (e *Event) Field(name string) (evaluator.Value, bool) {
	if e.known.lacks(name) {
		return evaluator.Value{}, false
	}
	return e.find(name)
}

// find is Field for an event that may not be complete.
func (e *Event) find(name string) (evaluator.Value, bool) {
	if v, ok := member(e.front, name); ok {
		return v, true
	}
	if v, ok := member(e.fields, name); ok {
		return v, true
	}
	if v, ok := member(e.back, name); ok {
		return v, true
	}
	if e.hint != nil && isHintName(name) {
		return evaluator.Value{}, false
	}
	return evaluator.Lookup(e.record.Value, name)
}

// Walk implements evaluator.Walker: every native field once, the rendered
// message of a Windows event included. The stated logsource is no value.
func (e *Event) Walk(yield func(evaluator.Value) bool) {
	for i := range e.fields {
		if !yield(e.fields[i].Value) {
			return
		}
	}
}

// Members returns the native fields in the order of the record. Callers must
// not change them.
func (e *Event) Members() []evaluator.Member { return e.fields }

// MappedNames returns the field names that the table gives the named view
// beside those of the event; nil if there are none, or no such view.
func (e *Event) MappedNames(view string) (names []string) {
	for _, v := range e.normaliser.plan.views {
		if v.def.Name != view {
			continue
		}
		for i := range v.def.Fields {
			names = append(names, v.def.Fields[i].Name)
		}
	}
	return names
}

// Views implements evaluator.Routed. The views come in the order of the table;
// one that shows no more than another and answers for no further logsource is
// left out. A view of elements comes once for each (logsource.ViewDef.Each), so
// names may repeat. A record that states its logsource has exactly that one view.
// The result is computed once; callers must not change it.
func (e *Event) Views() []evaluator.View {
	e.once.Do(func() { e.views = e.normaliser.views(e) })
	return e.views
}

// member returns the last member of that name.
func member(members []evaluator.Member, name string) (evaluator.Value, bool) {
	for i := len(members) - 1; i >= 0; i-- {
		if members[i].Name == name {
			return members[i].Value, true
		}
	}
	return evaluator.Value{}, false
}
