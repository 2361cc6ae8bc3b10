package logsource

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
	Note       string   // what a user should know; "" for nothing
}

// Logsources returns the view's logsource followed by its further ones.
func (v *ViewDef) Logsources() []Logsource {
	return append([]Logsource{v.Logsource}, v.Also...)
}

// Plain reports whether the view shows exactly the native fields.
func (v *ViewDef) Plain() bool {
	return v.Native && len(v.Fields) == 0 && len(v.Within) == 0 && len(v.Strip) == 0 && !v.IgnoreCase
}

// Additive reports whether the view shows every native field unchanged, and
// possibly more.
func (v *ViewDef) Additive() bool {
	for _, f := range v.Fields {
		if !f.keepsNative() {
			return false
		}
	}
	return v.Native
}

// Covers reports whether a rule that is tried on v need not be tried on w:
// v satisfies every rule that w does, and shows all that w shows.
func (v *ViewDef) Covers(w *ViewDef) bool {
	if !w.Plain() || !v.Additive() {
		return false
	}
	for _, wanted := range w.Logsources() {
		if !v.satisfies(wanted) {
			return false
		}
	}
	return true
}

func (v *ViewDef) satisfies(rule Logsource) bool {
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
}

// keepsNative reports whether a native field of that name always wins.
func (f Field) keepsNative() bool {
	if len(f.Sources) == 0 {
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
