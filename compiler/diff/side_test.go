package diff_test

import (
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/diff"
	"github.com/socctl/socctl/rules"
)

// sideOf compiles texts that are one file.
func sideOf(t *testing.T, text string) diff.Side {
	t.Helper()
	docs, diags := rules.Parse("rules.yml", []byte(text))
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	set, _ := rules.Assemble(docs)
	p, _ := compiler.Compile(set, compiler.Options{})
	return diff.Side{Set: set, Program: p}
}

func document(title, id, selection, condition string) string {
	if id != "" {
		id = "id: 00000000-0000-4000-8000-00000000000" + id + "\n"
	}
	return "---\ntitle: " + title + "\n" + id + "logsource: {product: p}\ndetection:\n    s: {" + selection + "}\n    condition: " + condition + "\n"
}

// Documents that nothing tells apart are paired by what they mean, then in their order.
func TestTwins(t *testing.T) {
	a, b, c := document("Twin", "", "a: x", "s"), document("Twin", "", "a: y", "s"), document("Twin", "", "a: z*", "s")
	for _, tt := range []struct {
		name, old, new string
		want           []diff.Kind
	}{
		{"the same", a + b, a + b, nil},
		{"the other way round", a + b, b + a, nil},
		{"one changed", a + b, c + b, []diff.Kind{diff.Disjoint}},
		{"one gone", a + b, b, []diff.Kind{diff.Removed}},
		{"one more", a, c + a, []diff.Kind{diff.Added}},
	} {
		var got []diff.Kind
		for _, c := range diff.Compare(sideOf(t, tt.old), sideOf(t, tt.new)) {
			got = append(got, c.Kind)
		}
		if len(got) != len(tt.want) || len(got) == 1 && got[0] != tt.want[0] {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// A list of values may satisfy two rules of which no single value satisfies both, and
// one of which every single value satisfies the other.
func TestListsAreNotClaimed(t *testing.T) {
	old, new := sideOf(t, document("A", "1", "a: x", "s")+document("B", "2", "a: x", "s")), sideOf(t, document("A", "1", "a: y", "s")+document("C", "3", "a: y", "not s"))
	changes := diff.Compare(old, new)
	if len(changes) != 3 || changes[0].Kind != diff.Disjoint || !changes[0].Single {
		t.Fatalf("%+v", changes)
	}
	covers := diff.NewComparer(old.Program, new.Program).Covering(old.Program.Rules[1], nil)
	if len(covers) != 1 || covers[0].Rule.Title != "C" || !covers[0].Single {
		t.Errorf("%+v", covers)
	}
	old, new = sideOf(t, document("B", "2", "a: x", "s")), sideOf(t, document("D", "4", "a: x*", "s"))
	covers = diff.NewComparer(old.Program, new.Program).Covering(old.Program.Rules[0], nil)
	if len(covers) != 1 || covers[0].Single {
		t.Errorf("%+v", covers)
	}
	old, new = sideOf(t, document("A", "1", "a: 7", "s")), sideOf(t, document("A", "1", "a|exists: false", "s"))
	if changes = diff.Compare(old, new); len(changes) != 1 || changes[0].Kind != diff.Disjoint || changes[0].Single {
		t.Errorf("%+v", changes)
	}
}
