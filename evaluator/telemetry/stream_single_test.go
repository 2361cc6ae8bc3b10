package telemetry_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// Where a single text decides, what it decides is remembered by what the text satisfies;
// and forgotten with that, of which there is too much here.
func TestStreamForgetsWhatSingleTextsDecide(t *testing.T) {
	t.Parallel()
	const words = 16
	files := fstest.MapFS{}
	for i := range words {
		files[fmt.Sprintf("%d.yml", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "title: R%d\nlogsource: {product: cisco}\ndetection: {k: [word%c], condition: k}\n", i, 'a'+i)}
	}
	set, diags := rules.Load(files)
	p, problems := compiler.Compile(set, compiler.Options{})
	if err := append(diags, problems...).Err(); err != nil {
		t.Fatal(err)
	}
	e := evaluator.New(p)
	stream := telemetry.NewStream(telemetry.NewNormaliser(nil), e, telemetry.RouteBy(func(e *telemetry.Event) evaluator.Routed { return keyworded{e} }))
	r := rand.New(rand.NewPCG(73, 74))
	few := []uint32{0, 1, 3, 1<<words - 1, 5}
	for i := range 120_000 {
		subset := r.Uint32N(1 << words)
		if i%3 == 0 {
			subset = few[r.IntN(len(few))]
		}
		text, want := fmt.Sprint(i), ""
		for w := range words {
			if subset>>w&1 != 0 {
				text += fmt.Sprintf(" word%c", 'a'+w)
				want += fmt.Sprintf("R%d ", w)
			}
		}
		got, _, err := stream.Match(telemetry.Record{Source: "a.ndjson", Raw: fmt.Appendf(nil, `{"message":"%s","kind":"both"}`, text)})
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]bool{}
		for _, m := range got {
			names[m.Rule.Title] = true
		}
		if len(names) != strings.Count(want, " ") {
			t.Fatalf("%d: %s: %d rules match, want %s", i, text, len(names), want)
		}
		for _, name := range strings.Fields(want) {
			if !names[name] {
				t.Fatalf("%d: %s: %s does not match", i, text, name)
			}
		}
	}
}
