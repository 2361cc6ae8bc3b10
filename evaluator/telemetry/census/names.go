package census

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// fieldNames returns the names of an event's scalar fields, each once, as
// dotted paths; a list stands for what is in it.
func fieldNames(e *telemetry.Event) (names []string) {
	seen := map[string]bool{}
	var walk func(path string, v evaluator.Value, depth int)
	walk = func(path string, v evaluator.Value, depth int) {
		switch v.Kind() {
		case evaluator.Object:
			if depth >= maxDepth {
				return
			}
			for _, m := range v.Members() {
				walk(path+"."+m.Name, m.Value, depth+1)
			}
			return
		case evaluator.List:
			nested := false
			for _, item := range v.Items() {
				if item.Kind() == evaluator.Object || item.Kind() == evaluator.List {
					nested = true
					walk(path, item, depth+1)
				}
			}
			if nested || depth >= maxDepth {
				return
			}
		}
		if !seen[path] {
			seen[path] = true
			names = append(names, path)
		}
	}
	for _, m := range e.Members() {
		walk(m.Name, m.Value, 1)
	}
	return names
}

// originFields are fields by which sources say what an event is.
var originFields = []string{"Channel", "Provider_Name", "event.dataset", "event.module", "eventSource", "Workload", "category", "Category", "logName",
	"fluent", "sourcetype", "program", "syslog.program", "service", "kind", "type", "_path"}

// origin returns what an event says of its origin.
func origin(e *telemetry.Event) string {
	for _, name := range originFields {
		if v, ok := e.Field(name); ok && (v.Kind() == evaluator.String || v.Kind() == evaluator.Number) && v.Text() != "" {
			text := name + "=" + clip(v.Text(), 80)
			if id, ok := e.Field("EventID"); ok && name == "Channel" {
				text += " EventID=" + clip(id.Text(), 12)
			}
			return text
		}
	}
	return ""
}

// fieldsText names the first fields of an event.
func fieldsText(e *telemetry.Event) string {
	var names []string
	for _, m := range e.Members() {
		if !slices.Contains(names, m.Name) {
			names = append(names, clip(m.Name, 40))
		}
		if len(names) == 6 {
			names = append(names, "…")
			break
		}
	}
	return strings.Join(names, " ")
}

func clip(s string, n int) string {
	if len(s) > n {
		return strings.ToValidUTF8(s[:n], "") + "…"
	}
	return s
}
