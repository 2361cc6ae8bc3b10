package trust_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/rules/logsource"
)

// typed are fields of processes that hold what somebody typed or compiled in, and
// scripts what scripts say.
var (
	typed   = []string{"CommandLine", "ParentCommandLine", "OriginalFileName", "Description", "Product", "Company"}
	scripts = append([]string{"ScriptBlockText", "Payload", "ContextInfo", "Data"}, typed...)
)

// TestPublicExclusions counts what the public rules exclude. Prototypes on the
// same rules, of which the definitions are not known exactly, are the measure:
//
//   - 255 exclusions in 163 rules made of attacker-set fields alone. Ours with typed
//     fields of processes are a little fewer, with scripts a little more; the
//     table calls more fields attacker-set, such as registry paths and names of
//     written files, so that its class counts twice as many.
//   - 237 exclusions in 141 rules by Image|endswith alone. Ours, of Image,
//     ParentImage and SourceImage, are a little fewer.
//   - 564 of 698 Windows rules with an exclusion that can be bypassed by what an
//     attacker chooses. Ours, of the class attacker, are a little fewer, and with
//     programs of dual use (0.5) more. There are more rules with an exclusion,
//     since keywords, fieldref and neq are looked at too.
func TestPublicExclusions(t *testing.T) {
	p, _ := compiler.Compile(corpus.Rules(t), compiler.Options{})
	j := trust.New(logsource.Default())
	counts := map[string]int{}
	rulesWith := map[string]map[string]bool{}
	count := func(what string, r *compiler.Rule) {
		counts[what]++
		if rulesWith[what] == nil {
			rulesWith[what] = map[string]bool{}
		}
		rulesWith[what][r.Source.Span.Path()] = true
	}
	for _, r := range p.Rules {
		source := trust.Logsource(r)
		for _, x := range trust.Exclusions(r) {
			count("all", r)
			fields := fieldsOf(p, x.Body)
			if within(fields, typed) {
				count("typed", r)
			}
			if within(fields, scripts) {
				count("typed or scripts", r)
			}
			if !slices.ContainsFunc(fields, func(f string) bool { return j.Class(source, f) != logsource.AttackerSet }) {
				count("attacker-set", r)
			}
			if suffixes(p, x.Body, j, source) {
				count("ends of paths", r)
			}
			score := j.Ways(source, p, x.Body)[0].Score
			if r.Product == "windows" {
				count("windows", r)
				if trust.ClassOf(score) == logsource.AttackerSet {
					count("windows, attacker", r)
				}
				if score <= 0.5 {
					count("windows, attacker or dual use", r)
				}
			}
		}
	}
	for _, c := range []struct {
		what              string
		exclusions, rules int
	}{
		{"all", 1933, 802},
		{"typed", 239, 160},
		{"typed or scripts", 270, 179},
		{"attacker-set", 552, 340},
		{"ends of paths", 216, 134},
		{"windows", 1835, 729},
		{"windows, attacker", 1021, 523},
		{"windows, attacker or dual use", 1296, 612},
	} {
		if counts[c.what] != c.exclusions || len(rulesWith[c.what]) != c.rules {
			t.Errorf("%s: %d exclusions in %d rules, want %d in %d", c.what, counts[c.what], len(rulesWith[c.what]), c.exclusions, c.rules)
		}
	}
}

func fieldsOf(p *compiler.Program, e *compiler.Expr) (out []string) {
	e.Each(func(leaf *compiler.Expr) { out = append(out, p.Predicates[leaf.Atom].Field) })
	return out
}

// suffixes reports whether all comparisons are with the end of the path of a program.
func suffixes(p *compiler.Program, e *compiler.Expr, j *trust.Judge, source logsource.Logsource) bool {
	all := true
	e.Each(func(leaf *compiler.Expr) {
		pr := &p.Predicates[leaf.Atom]
		anchor, _, ok := compiler.Whole, []string(nil), false
		if pr.Op == compiler.OpText {
			anchor, _, ok = pr.Pattern.Simple()
		}
		all = all && ok && anchor == compiler.AtEnd && slices.Contains([]string{"Image", "ParentImage", "SourceImage"}, pr.Field)
	})
	return all
}

func within(fields, all []string) bool {
	return !slices.ContainsFunc(fields, func(f string) bool { return !slices.Contains(all, f) })
}

// Every public exclusion has a way, and every way says what to do.
func TestEveryWaySaysWhatToDo(t *testing.T) {
	p, _ := compiler.Compile(corpus.Rules(t), compiler.Options{})
	j := trust.New(logsource.Default())
	for _, r := range p.Rules {
		for _, x := range trust.Exclusions(r) {
			ways := j.Ways(trust.Logsource(r), p, x.Body)
			if len(ways) == 0 {
				t.Errorf("%s: no way through %s", r.Title, x.Name())
			}
			for _, w := range ways {
				if how := w.How(); how == "" || strings.Contains(how, "%!") || strings.Contains(how, "``") || w.Score < 0 || w.Score > trust.MaxScore {
					t.Errorf("%s: %s: %v %q", r.Title, x.Name(), w.Score, how)
				}
			}
		}
	}
}
