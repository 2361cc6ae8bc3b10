package logsource

import "slices"

// ViewDef is one view: the condition under which an event belongs to a
// logsource, and how that logsource sees the event's fields.
type ViewDef struct {
	Name      string      // unique in a table, for example "windows/sysmon/process_creation"
	Logsource Logsource   // never zero
	Also      []Logsource // further logsources of the same events and fields: other spellings, wider categories
	// When holds alternatives, any of which suffices; it is never empty. An
	// alternative is tried on Windows events if the view's product is windows
	// or if it has a condition on Channel, EventID or Provider_Name, and on
	// other records in any case.
	When []Match

	// Native says that the fields of the event are visible under their own
	// names too. A mapped field hides a native one of the same name, even on
	// events in which none of its sources has a value.
	Native     bool
	Fields     []Field  // mapped fields in the order of the table
	Within     []string // objects whose members are visible as if they stood at the top of the event
	Strip      []string // prefixes that are cut off a field name before it is looked up natively
	IgnoreCase bool     // native names are found in any letter case if the exact one is missing
	Absent     []string // fields of the logsource that these events never carry: rules using them are degraded here
	JSON       []string // fields that may hold JSON as text: names lead into it as if it were part of the event
	Note       string   // what a user should know; "" for nothing

	// Each is the dotted path of a list. The view is then given once for every
	// element (once in all if there is none), so that a rule holds on one element
	// alone: names are those of the element, and the event's own fields are hidden except the kept ones,
	// which stand behind the element's. The path itself, with or without a name
	// behind it, stands for that element. The fields from which mapped ones are
	// made are looked up in the element, then in the whole event.
	Each    string
	Keep    []string // with Each: fields of the event that stay visible
	KeepAll bool     // with Each: all fields of the event stay visible, except other elements

	// Time lists the fields that tell when such an event happened, best first,
	// by their native names. Where none of them holds a time, the general list
	// of the normaliser decides, as it does if Time is empty.
	Time []string
}

// Logsources returns the view's logsource followed by its further ones.
func (v *ViewDef) Logsources() []Logsource {
	return append([]Logsource{v.Logsource}, v.Also...)
}

// Plain reports whether the view shows exactly the native fields.
func (v *ViewDef) Plain() bool {
	return v.Native && v.Each == "" && len(v.Fields) == 0 && len(v.Within) == 0 && len(v.Strip) == 0 && len(v.JSON) == 0 && !v.IgnoreCase
}

// Additive reports whether the view shows every native field unchanged, and
// possibly more.
func (v *ViewDef) Additive() bool {
	for _, f := range v.Fields {
		if !f.keepsNative() {
			return false
		}
	}
	return v.Native && v.Each == ""
}

// Covers reports whether a rule that is tried on v need not be tried on w:
// v satisfies every rule that w does, and shows all that w shows, the time included.
func (v *ViewDef) Covers(w *ViewDef) bool {
	if !w.Plain() || !v.Additive() || len(w.Time) > 0 && !slices.Equal(v.Time, w.Time) {
		return false
	}
	for _, wanted := range w.Logsources() {
		if !v.Provides(wanted) {
			return false
		}
	}
	return true
}

// Provides reports whether a rule of logsource rule is tried on the view.
func (v *ViewDef) Provides(rule Logsource) bool {
	if v.Logsource.Satisfies(rule) {
		return true
	}
	for _, also := range v.Also {
		if also.Satisfies(rule) {
			return true
		}
	}
	return false
}

// Match is a list of conditions that must all hold. At least one of them asks
// for a field to be present.
type Match []Condition

// FileName is the pseudo field of conditions that holds the last element of
// the recording's path.
const FileName = "$file"

// Condition is a test of one native field. Values compare as text without
// regard to letter case; on a list one element suffices.
type Condition struct {
	Field  string
	Op     Op
	Values []string // one of them suffices; nil for Exists and Missing
}

// Positive reports whether the condition can only hold on events that have
// the field.
func (c Condition) Positive() bool { return c.Op != Missing && c.Op != NotEquals }

// Op is the kind of a Condition.
type Op uint8

// The kinds of conditions.
const (
	Equals     Op = iota // the field is one of the values
	NotEquals            // the field is none of the values, or missing
	StartsWith           // the field starts with one of the values
	EndsWith             // the field ends with one of the values
	Contains             // the field contains one of the values
	Exists               // the event has the field, whatever its value
	Missing              // the event does not have the field
)

// String returns the word that the table's YAML uses for the kind.
func (o Op) String() string {
	return [...]string{"equals", "not", "startswith", "endswith", "contains", "exists", "missing"}[o]
}

// Field is a field as the logsource names it.
type Field struct {
	Name    string
	Sources []Source // never empty; the first that yields a value wins, without any the field is missing
	All     bool     // the values of all sources count, as a list
}

// keepsNative reports whether a native field of that name always wins.
func (f Field) keepsNative() bool {
	if len(f.Sources) == 0 || f.All {
		return false
	}
	first := f.Sources[0]
	return first.Transform == Copy && len(first.Skip) == 0 && first.From[0] == f.Name
}

// Source says how to make a field's value from native fields.
type Source struct {
	From      []string // native fields; never empty, more than one only for transforms that say so
	Transform Transform
	With      string   // argument of the transform
	Skip      []string // values that count as missing, besides the empty string
	Table     []Entry  // for Enum, in the order of the table
}

// Entry is one row of an Enum source.
type Entry struct{ From, To string }
