package importer

import (
	"strings"

	"github.com/socctl/socctl/feedback/internal/jsontree"
)

// lookup returns the values at a path: through lists, through texts that are JSON, and
// through pairs of a name and a value. A member may have dots in its name.
func lookup(v *jsontree.Value, path string) (out []*jsontree.Value) {
	switch v.Kind {
	case jsontree.Array:
		for i := range v.Items {
			out = append(out, lookup(&v.Items[i], path)...)
		}
	case jsontree.String:
		if inner := unwrapped(v.Text); inner != nil {
			out = lookup(inner, path)
			for _, found := range out {
				found.At, found.End = v.At, v.End // nobody can point into a text that is escaped
			}
		}
	case jsontree.Object:
		for i := range v.Members {
			m := &v.Members[i]
			if m.Name == path {
				out = append(out, flat(&m.Value)...)
			} else if rest, ok := strings.CutPrefix(path, m.Name+"."); ok {
				out = append(out, lookup(&m.Value, rest)...)
			}
		}
		if value := v.Member("value"); value != nil && textOf(v, "name") == path {
			out = append(out, flat(value)...)
		}
	}
	return out
}

// unwrapped returns the object or list that a text is the JSON of, nil if it is none.
func unwrapped(text string) *jsontree.Value {
	if text = strings.TrimSpace(text); text == "" || text[0] != '{' && text[0] != '[' {
		return nil
	}
	v, bad := jsontree.Parse([]byte(text), maxDepth)
	if bad != nil {
		return nil
	}
	return &v
}

// flat returns the items of a list, or the value itself if it says anything.
func flat(v *jsontree.Value) (out []*jsontree.Value) {
	switch v.Kind {
	case jsontree.Null:
		return nil
	case jsontree.Array:
		for i := range v.Items {
			out = append(out, flat(&v.Items[i])...)
		}
		return out
	}
	return []*jsontree.Value{v}
}

// nameRows makes objects of the rows of tables whose columns are named beside them, as
// Log Analytics answers.
func nameRows(v *jsontree.Value) {
	for i := range v.Items {
		nameRows(&v.Items[i])
	}
	for i := range v.Members {
		nameRows(&v.Members[i].Value)
	}
	columns, rows := v.Member("columns"), v.Member("rows")
	if columns == nil || rows == nil {
		return
	}
	for i := range rows.Items {
		row := &rows.Items[i]
		for n := range min(len(row.Items), len(columns.Items)) {
			row.Members = append(row.Members, jsontree.Member{Name: textOf(&columns.Items[n], "name"), Value: row.Items[n]})
		}
		if row.Kind == jsontree.Array {
			row.Kind, row.Items = jsontree.Object, nil
		}
	}
}
