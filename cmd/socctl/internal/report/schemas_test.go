package report

import (
	"encoding"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/telemetry/census"
	"github.com/socctl/socctl/feedback/expansion"
	"github.com/socctl/socctl/feedback/proposal"
)

// documents are what commands print by the schemas that are held against the Go types.
var documents = map[string]any{
	"backtest":   backtest.Result{},
	"eval-stats": census.Report{},
	"ci":         ciRecord{},
	"expand":     expansion.Report{},
	"test":       jsonTests{},
	"tune":       proposal.Report{},
	"witness":    []witnessRecord{},
}

// A schema tells of every member of what is printed, in a sentence, and of no other, and
// requires those that are always there.
func TestSchemasTellOfEveryMember(t *testing.T) {
	for name, document := range documents {
		t.Run(name, func(t *testing.T) {
			var root map[string]any
			if err := json.Unmarshal(Schema(name), &root); err != nil {
				t.Fatal(err)
			}
			w := walk{t, root, map[told]bool{}}
			w.value(name, root, reflect.TypeOf(document))
		})
	}
}

// walk compares a schema with a type.
type walk struct {
	t    *testing.T
	root map[string]any
	seen map[told]bool
}

// told is a type that is told of by a part of a schema.
type told struct {
	reflect.Type
	schema uintptr
}

func (w *walk) value(at string, schema map[string]any, is reflect.Type) {
	schema = w.resolve(schema)
	if schema == nil || writesItself(is) {
		return
	}
	switch is.Kind() {
	case reflect.Pointer:
		w.value(at, schema, is.Elem())
	case reflect.Struct:
		if here := (told{is, reflect.ValueOf(schema).Pointer()}); !w.seen[here] {
			w.seen[here] = true
			w.object(at, schema, is)
		}
	case reflect.Slice, reflect.Array:
		w.part(at+"[]", schema, "items", is.Elem())
	case reflect.Map:
		w.part(at+"{}", schema, "additionalProperties", is.Elem())
	default:
		w.scalar(at, schema, is)
	}
}

func (w *walk) part(at string, schema map[string]any, key string, is reflect.Type) {
	part, ok := schema[key].(map[string]any)
	if !ok {
		w.t.Errorf("%s: no %s", at, key)
		return
	}
	w.value(at, part, is)
}

func (w *walk) scalar(at string, schema map[string]any, is reflect.Type) {
	want := map[reflect.Kind]string{reflect.String: "string", reflect.Bool: "boolean", reflect.Float64: "number"}[is.Kind()]
	if want == "" {
		want = "integer"
	}
	_, isEnum := schema["enum"]
	_, isConst := schema["const"]
	types, _ := json.Marshal(schema["type"])
	if is.Kind() != reflect.Interface && !strings.Contains(string(types), `"`+want+`"`) && !(want == "string" && (isEnum || isConst)) {
		w.t.Errorf("%s is of type %s, want %s", at, types, want)
	}
}

func (w *walk) object(at string, schema map[string]any, is reflect.Type) {
	properties, _ := schema["properties"].(map[string]any)
	var required []string
	list, _ := schema["required"].([]any)
	for _, name := range list {
		required = append(required, name.(string))
	}
	members := membersOf(is)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		property, told := properties[name].(map[string]any)
		if !told {
			w.t.Errorf("%s: the schema has no %s", at, name)
			continue
		}
		if text, _ := property["description"].(string); !strings.HasSuffix(text, ".") {
			w.t.Errorf("%s.%s: no sentence describes it", at, name)
		}
		if always := !members[name].optional; always != slices.Contains(required, name) {
			w.t.Errorf("%s.%s: is it always there? %t", at, name, always)
		}
		w.value(at+"."+name, property, members[name].of)
	}
	for name := range properties {
		if _, is := members[name]; !is {
			w.t.Errorf("%s: nothing prints %s", at, name)
		}
	}
}

// resolve follows references within the schema, and takes what a value is that is not null.
func (w *walk) resolve(schema map[string]any) map[string]any {
	if to, is := schema["$ref"].(string); is {
		name, here := strings.CutPrefix(to, "#/$defs/")
		if !here {
			return nil // a document of its own, with a test of its own
		}
		defs, _ := w.root["$defs"].(map[string]any)
		def, known := defs[name].(map[string]any)
		if !known {
			w.t.Errorf("nothing is at %s", to)
		}
		return w.resolve(def)
	}
	if either, is := schema["anyOf"].([]any); is {
		return w.resolve(either[0].(map[string]any))
	}
	return schema
}

type member struct {
	of       reflect.Type
	optional bool
}

// membersOf are the JSON members of a struct, those of what it embeds included.
func membersOf(is reflect.Type) map[string]member {
	out := map[string]member{}
	for field := range fieldsOf(is) {
		tag, tagged := field.Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case tag == "-":
		case field.Anonymous && !tagged:
			of := field.Type
			if of.Kind() == reflect.Pointer {
				of = of.Elem()
			}
			for name, m := range membersOf(of) {
				if _, hidden := out[name]; !hidden {
					out[name] = m
				}
			}
		case field.IsExported():
			if name == "" {
				name = field.Name
			}
			out[name] = member{field.Type, strings.Contains(options, "omit")}
		}
	}
	return out
}

func fieldsOf(is reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range is.NumField() {
			if !yield(is.Field(i)) {
				return
			}
		}
	}
}

// writesItself reports whether the members of a type do not tell what is printed.
func writesItself(is reflect.Type) bool {
	for _, it := range []reflect.Type{is, reflect.PointerTo(is)} {
		if it.Implements(reflect.TypeFor[json.Marshaler]()) || it.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
			return true
		}
	}
	return false
}
