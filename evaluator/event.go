package evaluator

import "strings"

// Event is anything that rules can be matched against.
type Event interface {
	// Field returns the value of the named field. False means that the event
	// has no such field, which is not the same as a null or an empty value.
	// Names are exact and case-sensitive.
	Field(name string) (Value, bool)
}

// Walker is an Event whose values can be enumerated. Keyword searches look at
// every scalar that Walk yields; on an event that is no Walker they find nothing.
type Walker interface {
	Event
	// Walk calls yield for every top-level value of the event, and with the
	// raw line if the event came from text, until yield returns false.
	Walk(yield func(Value) bool)
}

// Routed is an Event that knows which logsources it belongs to, one View each.
// A rule is tried on the views whose logsource satisfies the rule's; an event
// without any view satisfies no rule that names a logsource. An Event that is
// not Routed is tried against every rule: whoever made it has routed it.
type Routed interface {
	Event
	Views() []View
}

// View is an event as one logsource sees it: the same facts under the field
// names of that logsource.
type View struct {
	Name      string            // stable name of the view, for example "sysmon/process_creation"
	Logsource map[string]string // category, product, service, and custom keys; lower case
	Event     Event             // fields of this view
}

// Map is the simplest Event: a Go map, as encoding/json decodes it. A name is
// looked up as a literal key first, then as a dotted path; lists on the path
// fan out.
type Map map[string]any

// Field implements Event.
func (m Map) Field(name string) (Value, bool) {
	if v, ok := m[name]; ok {
		return ValueOf(v), true
	}
	head, rest, dotted := strings.Cut(name, ".")
	for dotted {
		if v, ok := m[head]; ok {
			if found, ok := Lookup(ValueOf(v), rest); ok {
				return found, true
			}
		}
		var more string
		more, rest, dotted = strings.Cut(rest, ".")
		head += "." + more
	}
	return Value{}, false
}

// Walk implements Walker.
func (m Map) Walk(yield func(Value) bool) {
	for _, member := range objectOf(m).Members() {
		if !yield(member.Value) {
			return
		}
	}
}

// Field makes an object Value an Event, with the lookup of Lookup.
func (v Value) Field(name string) (Value, bool) { return Lookup(v, name) }

// Walk implements Walker for an object Value.
func (v Value) Walk(yield func(Value) bool) {
	for _, m := range v.Members() {
		if !yield(m.Value) {
			return
		}
	}
}

// Lookup finds a field in an object: the literal key wins, then a walk along
// the dots, in which every prefix of the path may itself be a key with dots.
// A list on the path fans out and all leaves found come back as one list.
func Lookup(v Value, path string) (Value, bool) {
	switch v.Kind() {
	case Object:
		return lookupMember(v, path)
	case List:
		return lookupItems(v, path)
	}
	return Value{}, false
}

func lookupMember(v Value, path string) (Value, bool) {
	if found, ok := v.Member(path); ok {
		return found, true
	}
	for i := 0; i < len(path); i++ {
		if path[i] != '.' {
			continue
		}
		if child, ok := v.Member(path[:i]); ok {
			if found, ok := Lookup(child, path[i+1:]); ok {
				return found, true
			}
		}
	}
	return Value{}, false
}

func lookupItems(v Value, path string) (Value, bool) {
	var leaves []Value
	for _, item := range v.Items() {
		found, ok := Lookup(item, path)
		if !ok {
			continue
		}
		if items := found.Items(); found.Kind() == List && len(items) > 0 {
			leaves = append(leaves, items...)
		} else { // an empty list is there, and is no missing field
			leaves = append(leaves, found)
		}
	}
	if leaves == nil {
		return Value{}, false
	}
	return ListValue(leaves...), true
}
