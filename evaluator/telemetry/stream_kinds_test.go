package telemetry

import (
	"fmt"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// Records of different shapes have matches of their own, although the same rules match and
// look at nothing in which they differ: what else is in them goes by that.
func TestShapesShareNoMatches(t *testing.T) {
	t.Parallel()
	docs, _ := rules.Parse("r.yml", []byte("title: R\nlogsource: {product: windows, service: security}\ndetection: {s: {EventID: 4607}, condition: s}\n"))
	set := &rules.Set{}
	for _, d := range docs {
		set.Add(d)
	}
	p, _ := compiler.Compile(set, compiler.Options{})
	s := NewStream(NewNormaliser(nil), evaluator.New(p))
	shapes := map[*evaluator.Match]string{}
	for i := range 40 {
		name := fmt.Sprintf("x%d", i%4)
		raw := fmt.Sprintf(`{"Channel":"Security","EventID":4607,"%s":"%d"}`, name, i/4%2)
		matches, _, err := s.Match(Record{Source: "x.json", Index: i, Raw: []byte(raw)})
		if err != nil || len(matches) != 1 {
			t.Fatal(len(matches), err)
		}
		if i < 20 {
			continue // until they are known
		}
		if other := shapes[&matches[0]]; other != "" && other != name {
			t.Errorf("records with %s have the matches of those with %s", name, other)
		}
		shapes[&matches[0]] = name
	}
	if len(shapes) != 4 {
		t.Errorf("%d lists of matches for 4 shapes", len(shapes))
	}
}
