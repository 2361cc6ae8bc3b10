package jsontree_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/socctl/socctl/feedback/internal/jsontree"
)

func TestParse(t *testing.T) {
	v, bad := jsontree.Parse([]byte(` {"a": [1.5e3, "\u00e9\n", true, null], "b": {}} `), 4)
	if bad != nil {
		t.Fatal(bad)
	}
	items := v.Member("a").Items
	if items[0].Number != 1500 || items[1].Text != "é\n" || items[2].Kind != jsontree.Bool || items[3].Kind != jsontree.Null || v.Member("b").Kind != jsontree.Object || v.Member("c") != nil {
		t.Errorf("%+v", v)
	}
	if v.At != 1 || v.Member("b").At != 45 || v.Members[1].At != 40 {
		t.Errorf("places %d, %d and %d", v.At, v.Member("b").At, v.Members[1].At)
	}
	for text, at := range map[string]int{`{"a":1,"a":2}`: 7, `[1,]`: 3, `{"a" 1}`: 5, `"\x"`: 0, `01`: 0, `[[[[[1]]]]]`: 5, "\"\x01\"": 1, "\"\xff\"": 0, `nul`: 0, `1 2`: 2, ``: 0, `"`: 1, `-`: 0} {
		if _, bad := jsontree.Parse([]byte(text), 4); bad == nil || bad.At != at {
			t.Errorf("%s: %+v, want a problem at %d", text, bad, at)
		}
	}
	many := `{"` + strings.Repeat(`x":0,"`, 1) + `y":0`
	for i := range 100 {
		many += `,"` + strings.Repeat("z", i+1) + `":0`
	}
	if _, bad := jsontree.Parse([]byte(many+`}`), 4); bad != nil {
		t.Error(bad)
	}
	if _, bad := jsontree.Parse([]byte(many+`,"y":1}`), 4); bad == nil || !strings.Contains(bad.Message, "twice") {
		t.Errorf("a second member among many: %v", bad)
	}
	values, bad := jsontree.Sequence([]byte("{}\n[1] 2\n{"), 4)
	if len(values) != 3 || bad == nil || bad.At != 10 {
		t.Errorf("%d values, %+v", len(values), bad)
	}
}

// What encoding/json takes is taken, but for names that stand twice, texts that are
// no UTF-8, and depth; and nothing else is.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-0.5e+7,"\ud83d\ude00",true,false,null,{}]}`, `[`, `"\`, `{"a":1,"a":1}`, ` 1`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, bad := jsontree.Parse(text, 50)
		if bad == nil && !json.Valid(text) {
			t.Fatalf("%q is no JSON", text)
		}
		if bad != nil && json.Valid(text) && !strings.Contains(bad.Message, "twice") && !strings.Contains(bad.Message, "UTF-8") && !strings.Contains(bad.Message, "nested") && !strings.Contains(bad.Message, "is no number") {
			t.Fatalf("%q: %s", text, bad)
		}
		if bad != nil && (bad.At < 0 || bad.At > len(text)) || bad == nil && (v.At < 0 || v.End > len(text)) {
			t.Fatalf("%q: a place outside", text)
		}
	})
}
