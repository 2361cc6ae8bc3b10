package telemetry

import (
	"strings"
	"sync"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules/logsource"
)

// maxJSONText is the longest text that is read as JSON. A longer one stays
// text: rules that search in it still find what they look for.
const maxJSONText = 4 << 20

// jsonTexts is what the texts of an event hold that its view reads as JSON:
// decoded when a rule first asks for a name inside of one.
type jsonTexts struct {
	once  sync.Once
	texts []evaluator.Value  // that were read
	found []evaluator.Member // by the name of the field
}

func newJSONTexts(def *logsource.ViewDef) *jsonTexts {
	if len(def.JSON) == 0 {
		return nil
	}
	return &jsonTexts{}
}

// decoded returns the objects and lists that the texts hold.
func (v *viewEvent) decoded() []evaluator.Member {
	if v.json == nil {
		return nil
	}
	v.json.once.Do(func() {
		for _, name := range v.def.JSON {
			text, ok := v.event.Field(name)
			if !ok {
				continue
			}
			v.json.texts = append(v.json.texts, text)
			if value, ok := jsonOf(text); ok {
				v.json.found = append(v.json.found, evaluator.Member{Name: name, Value: value})
			}
		}
	})
	for _, text := range v.json.texts {
		text.Touch()
	}
	return v.json.found
}

// jsonOf reads a text that is one JSON object or list.
func jsonOf(v evaluator.Value) (evaluator.Value, bool) {
	text := v.Text()
	if v.Kind() != evaluator.String || len(text) > maxJSONText || len(text) < 2 || text[0] != '{' && text[0] != '[' {
		return evaluator.Value{}, false
	}
	w := jsonWords.Get().(*words)
	defer jsonWords.Put(w)
	d := jsonDecoder{words: w}
	value, end, err := d.decode([]byte(text), true)
	return value, err == nil && strings.TrimSpace(text[end:]) == ""
}

// jsonWords are for short use: one holds 64 KiB.
var jsonWords = sync.Pool{New: func() any { return new(words) }}

// field looks a name up in the event, and in the texts that hold JSON. The
// name of such a text itself yields the text.
func (v *viewEvent) field(name string) (evaluator.Value, bool) {
	if value, ok := v.event.Field(name); ok || v.json == nil {
		return value, ok
	}
	for _, m := range v.decoded() {
		if rest, ok := strings.CutPrefix(name, m.Name); ok && strings.HasPrefix(rest, ".") {
			if value, ok := evaluator.Lookup(m.Value, rest[1:]); ok {
				return value, true
			}
		}
	}
	return evaluator.Value{}, false
}

// container returns a field whose members are visible at the top.
func (v *viewEvent) container(name string) (evaluator.Value, bool) {
	for _, m := range v.decoded() {
		if m.Name == name {
			return m.Value, true
		}
	}
	return v.own(name)
}

// fields returns the native fields as an object, with what texts hold instead
// of the texts.
func (v *viewEvent) fields() evaluator.Value {
	decoded := v.decoded()
	if len(decoded) == 0 {
		return evaluator.ObjectValue(v.event.fields...)
	}
	members := append([]evaluator.Member{}, decoded...) // a text's name is looked up elsewhere before
	return evaluator.ObjectValue(append(members, v.event.fields...)...)
}
