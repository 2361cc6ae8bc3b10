package aftercare_test

import (
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/feedback/aftercare"
	"github.com/socctl/socctl/rules"
)

// Without verdicts and without a replay little is known of filters, which is no mistake.
func TestCheckOfNothing(t *testing.T) {
	t.Parallel()
	documents, _ := rules.Parse("r.yml", []byte("title: R\nname: r\nlogsource: {product: p}\ndetection: {s: {a: b}, condition: s}\n"+
		"---\ntitle: F\nlogsource: {product: p}\nfilter: {rules: [r], s: {c: d}, condition: not s}\n"))
	set, _ := rules.Assemble(documents)
	program, problems := compiler.Compile(set, compiler.Options{})
	if err := problems.Err(); err != nil || len(set.Filters) != 1 {
		t.Fatal(err, len(set.Filters))
	}
	in := &aftercare.Input{Program: program, Filters: set.Filters}
	if r := aftercare.Check(in); r.Replayed || len(r.Filters) != 1 {
		t.Errorf("%+v", r)
	}
	if in.State != nil || in.Hidden != nil {
		t.Error("the input was changed")
	}
}
