package witness

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules/logsource"
)

// draft is an event in the making: fields under the names of the view.
type draft struct {
	request *request
	view    *logsource.ViewDef // nil for an event that nothing routes
	words   string             // the field in which keywords stand
	order   []string
	values  map[string]evaluator.Value
}

// dress makes an event of a model, replays it, and fills in what an event of the
// logsource has besides; nil if it does not show what it should.
func (q *request) dress(m solver.Model, v *logsource.ViewDef) *Event {
	d := &draft{request: q, view: v, words: wordsField(m), values: map[string]evaluator.Value{}}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		d.set(name, q.value(name, m[name]))
	}
	for field := range programs {
		d.command(field)
	}
	e := d.replayed()
	if e == nil { // with the values as they were found
		for name, f := range m {
			d.values[d.name(name)] = valueOf(f)
		}
		if e = d.replayed(); e == nil {
			return nil
		}
	}
	for _, name := range q.maker.companions(q.rule, v) {
		e = d.with(name, e)
	}
	e.Decisive = decisive(m)
	return e
}

// decisive returns the named fields of a model.
func decisive(m solver.Model) []string {
	var out []string
	for name := range m {
		if name = strings.TrimPrefix(name, beneath); name != "" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// value returns what a field of a model holds, in usual form.
func (q *request) value(name string, f solver.Field) evaluator.Value {
	var values []evaluator.Value
	if f.Null {
		values = append(values, evaluator.NullValue())
	}
	for _, text := range f.Texts {
		text = q.groomed(name, text)
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && q.numeric(name, text) {
			values = append(values, evaluator.IntValue(n))
		} else {
			values = append(values, evaluator.StringValue(text))
		}
	}
	if len(values) == 1 {
		return values[0]
	}
	return evaluator.ListValue(values...)
}

// name returns what a field is called.
func (d *draft) name(field string) string {
	if field == "" {
		return d.words
	}
	return field
}

func (d *draft) set(field string, v evaluator.Value) {
	name := d.name(field)
	if _, known := d.values[name]; !known {
		d.order = append(d.order, name)
	}
	d.values[name] = v
}

// with fills in a field, unless the event then no longer shows what it should.
func (d *draft) with(field string, e *Event) *Event {
	examples := d.request.realistic(field)
	if _, known := d.values[field]; known || len(examples) == 0 {
		return e
	}
	d.set(field, evaluator.StringValue(examples[0]))
	if filled := d.replayed(); filled != nil {
		return filled
	}
	delete(d.values, field)
	d.order = d.order[:len(d.order)-1]
	return e
}

// replayed returns the event if it shows what it should, and on no view what it never
// may, when it is normalised and evaluated as it stands; nil if not.
func (d *draft) replayed() *Event {
	q := d.request
	value := d.event()
	event := q.maker.normaliser.Event(telemetry.Record{Value: value})
	views := event.Views()
	if len(views) == 0 {
		if d.view == nil && q.shows(value) {
			return &Event{Value: value}
		}
		return nil
	}
	var out *Event
	for _, v := range views {
		switch {
		case !evaluator.Satisfies(v.Logsource, q.rule):
		case q.never != nil && q.never(v.Event):
			return nil
		case out == nil && q.shows(v.Event):
			out = &Event{Value: value, View: v.Name}
		}
	}
	return out
}

// event returns what was drafted as one object. Dots in names lead into objects
// where nothing stands in the way.
func (d *draft) event() evaluator.Value {
	root := &tree{below: map[string]*tree{}}
	for _, field := range d.order {
		name, _ := native(d.view, field)
		if d.nests(name) {
			root.put(strings.Split(name, "."), d.values[field])
		} else {
			root.put([]string{name}, d.values[field])
		}
	}
	return root.value()
}

// nests reports whether the first part of a dotted name is no field itself.
func (d *draft) nests(name string) bool {
	for i := range name {
		if name[i] == '.' {
			if _, taken := d.values[name[:i]]; taken {
				return false
			}
		}
	}
	return !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, ".") && !strings.Contains(name, "..")
}

// tree is an object in the making.
type tree struct {
	names []string
	below map[string]*tree
	leaf  evaluator.Value
}

func (t *tree) put(path []string, v evaluator.Value) {
	if len(path) == 0 {
		t.leaf = v
		return
	}
	if t.below == nil {
		t.below = map[string]*tree{}
	}
	next := t.below[path[0]]
	if next == nil {
		next = &tree{}
		t.below[path[0]] = next
		t.names = append(t.names, path[0])
	}
	next.put(path[1:], v)
}

func (t *tree) value() evaluator.Value {
	if t.below == nil {
		return t.leaf
	}
	members := make([]evaluator.Member, len(t.names))
	for i, name := range t.names {
		members[i] = evaluator.Member{Name: name, Value: t.below[name].value()}
	}
	return evaluator.ObjectValue(members...)
}

// maxCompanions bounds the fields that are filled in.
const maxCompanions = 8

// companions returns the fields that events of a rule's logsource have besides,
// as far as ordinary values are known. Fields of the rule itself come first: what it
// excludes should be seen not to be the case.
func (m *Maker) companions(r *compiler.Rule, v *logsource.ViewDef) []string {
	var out []string
	if v == nil {
		return nil
	}
	add := func(field string) {
		if _, ok := native(v, field); ok && !slices.Contains(out, field) && !slices.Contains(v.Absent, field) {
			out = append(out, field)
		}
	}
	for _, f := range r.Fields {
		add(f)
	}
	names, _ := m.table.FieldNames(sourceOf(r))
	for _, f := range usual {
		if slices.Contains(names, f) && len(m.table.Realistic(sourceOf(r), f)) > 0 {
			add(f)
		}
	}
	return out[:min(len(out), len(r.Fields)+maxCompanions)]
}

// usual are the fields that say most about an event, in the order in which people
// read them.
var usual = []string{"UtcTime", "Computer", "User", "Image", "CommandLine", "ParentImage", "ParentCommandLine",
	"TargetFilename", "TargetObject", "Details", "ImageLoaded", "SourceImage", "TargetImage", "DestinationIp", "DestinationPort",
	"IntegrityLevel", "SubjectUserName", "TargetUserName", "eventSource", "eventName", "userIdentity.arn", "sourceIPAddress"}
