package pipeline_test

import (
	"cmp"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/pipeline"
	"github.com/socctl/socctl/rules"
)

// different are the cases in which the package keeps the meaning of a rule, or
// is stricter, where pySigma does not; each says how.
var different = map[string]string{
	"drop/glob": "pySigma leaves a pattern with an operand that is nothing",
}

// The cases of testdata/pysigma.txtar mean after Apply what they mean after
// pySigma has worked on them; what it rejects is rejected. SOCCTL_PYSIGMA names
// another file of cases, for example of the rules of SigmaHQ.
func TestAgreesWithPySigma(t *testing.T) {
	path := cmp.Or(os.Getenv("SOCCTL_PYSIGMA"), "testdata/pysigma.txtar")
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	var names []string
	for _, f := range archive.Files {
		files[f.Name] = string(f.Data)
		if name, ok := strings.CutSuffix(f.Name, "/pipeline.yml"); ok {
			names = append(names, name)
		}
	}
	if len(names) < 100 {
		t.Fatalf("only %d cases", len(names))
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			got := apply(t, files[name+"/pipeline.yml"], files[name+"/rule.yml"])
			var want *outcome
			if after := files[name+"/after.yml"]; after != "" {
				if want = apply(t, "{}", after); want == nil {
					t.Fatal("what pySigma made is no rule")
				}
			}
			same := got == nil && want == nil || got != nil && want != nil && got.head() == want.head() && equivalent(t, got, want)
			reason, known := different[name]
			switch {
			case same && known:
				t.Errorf("no longer different: %s", reason)
			case !same && !known:
				t.Errorf("got:\n%v\nwant:\n%v", got, want)
			}
		})
	}
}

// outcome is a rule after a pipeline, compiled.
type outcome struct {
	rule    *rules.Rule
	program *compiler.Program
}

// apply returns nil for a pipeline or a rule that is rejected.
func apply(t *testing.T, text, rule string) *outcome {
	t.Helper()
	p, diags := pipeline.Parse("pipeline.yml", []byte(text))
	if p == nil {
		t.Log(diags)
		return nil
	}
	result, diags := p.Apply(load(t, rule), pipeline.Options{})
	program, more := compiler.Compile(result.Set, compiler.Options{})
	if len(program.Rules) == 0 {
		t.Log(diags, more)
		return nil
	}
	return &outcome{result.Set.Rules[0], program}
}

// head is what is compared besides the detection.
func (o *outcome) head() string {
	out := o.rule.Logsource.String() + "\n"
	for _, f := range o.rule.Fields {
		out += "field " + f.Text + "\n"
	}
	if n := o.rule.CustomAttribute("index"); n != nil {
		out += "index=" + n.Scalar.Text + "\n"
	}
	return out
}

func (o *outcome) String() string {
	if o == nil {
		return "rejected"
	}
	return o.head() + o.program.String()
}

// equivalent compares two detections by what they say under combinations of
// true and false comparisons: all of them for up to twelve, else 4096.
func equivalent(t *testing.T, a, b *outcome) bool {
	t.Helper()
	atoms := map[string]int{}
	for _, o := range []*outcome{a, b} {
		for _, p := range o.program.Predicates {
			if _, known := atoms[p.String()]; !known {
				atoms[p.String()] = len(atoms)
			}
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 1 << min(len(atoms), 12) {
		truth := make([]bool, len(atoms))
		for i := range truth {
			truth[i] = n>>i&1 == 1
			if len(atoms) > 12 { // a sample: from almost all false to almost all true
				truth[i] = random.IntN(64) < n%64
			}
		}
		holds := func(o *outcome) bool {
			return evaluate(o.program.Rules[0].Expr, func(atom int) bool { return truth[atoms[o.program.Predicates[atom].String()]] })
		}
		if holds(a) != holds(b) {
			return false
		}
	}
	return true
}

func evaluate(e *compiler.Expr, holds func(int) bool) bool {
	switch e.Op {
	case compiler.Leaf:
		return holds(e.Atom)
	case compiler.Not:
		return !evaluate(e.Args[0], holds)
	}
	for _, arg := range e.Args {
		if evaluate(arg, holds) == (e.Op == compiler.Or) {
			return e.Op == compiler.Or
		}
	}
	return e.Op == compiler.And
}

func load(t *testing.T, texts ...string) *rules.Set {
	t.Helper()
	set := &rules.Set{}
	for _, text := range texts {
		docs, diags := rules.Parse("rule.yml", []byte(text))
		if err := diags.Err(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for _, d := range docs {
			set.Add(d)
		}
	}
	return set
}
