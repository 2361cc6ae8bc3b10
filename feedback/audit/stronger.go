package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/rules/logsource"
)

// pin is a place at which the corpus excludes a program: its whole path, or the
// folder that it lies in.
type pin struct {
	value string // as a rule writes it, from the drive on
	whole bool
	score float64
	rule  *compiler.Rule // the first that does
	times int
}

// solid is the score from which on nothing stronger is looked for.
const solid = 1.5

// maxMixed is how many ways an exclusion may have for folders and names of programs
// to belong together: longer lists of both are of several programs.
const maxMixed = 4

// admins are folders below the drive that only administrators may write to.
var admins = []string{`\program files\`, `\program files (x86)\`, `\windows\system32\`, `\windows\syswow64\`, `\windows\winsxs\`}

// pin notes where an exclusion says that a program lies, by the name of the program.
func (a *auditor) pin(r *compiler.Rule, x *trust.Exclusion) {
	source := trust.Logsource(r)
	ways := a.judge.Ways(source, a.program, x.Body)
	for _, way := range ways {
		for i := range way.Steps {
			s := &way.Steps[i]
			if s.Value == nil || !s.Holds || !a.isPath(s.Scored.Field, source) {
				continue
			}
			if value, whole := fromDrive(s); value != "" && (whole || len(ways) <= maxMixed) {
				a.note(source, value, whole, way.Steps, s, r)
			}
		}
	}
}

// note files a path under the program that it names, or that another comparison
// of the same field names.
func (a *auditor) note(source logsource.Logsource, value string, whole bool, steps []trust.Step, s *trust.Step, r *compiler.Rule) {
	program := nameOf(value)
	if !whole {
		program = ""
		for _, other := range steps {
			if other.Scored.Field == s.Scored.Field && other.Scored.Basename != "" {
				program = strings.TrimLeft(other.Scored.Basename, `\/`)
			}
		}
	}
	if !strings.Contains(program, ".") {
		return
	}
	score := a.judge.Score(source, s.Scored.Field, value, whole)
	if score < 0.5 {
		return
	}
	key := source.Product + "\x00" + program
	for _, known := range a.pinned[key] {
		if strings.EqualFold(known.value, value) {
			known.times++
			return
		}
	}
	a.pinned[key] = append(a.pinned[key], &pin{value, whole, score, r, 1})
}

func nameOf(path string) string {
	return strings.ToLower(path[strings.LastIndexAny(path, `\/`)+1:])
}

// fromDrive returns the path that a comparison names, with the drive that it
// leaves out; "" if it names none.
func fromDrive(s *trust.Step) (value string, whole bool) {
	value = strings.TrimPrefix(strings.Trim(s.Value.Text, "*"), ":")
	if strings.ContainsAny(value, "*?") {
		return "", false
	}
	lower := strings.ToLower(value)
	whole = nameOf(value) != "" && strings.Contains(nameOf(value), ".")
	switch {
	case s.Scored.Path != "" && strings.HasPrefix(lower, `c:\`):
		return value, whole
	case slices.ContainsFunc(admins, func(folder string) bool { return strings.HasPrefix(lower, folder) }):
		return "C:" + value, whole
	}
	return "", false
}

// stronger suggests a comparison that is harder to satisfy, "" if the corpus
// suggests none.
func (a *auditor) stronger(r *compiler.Rule, w *trust.Way) string {
	if w.Score >= solid {
		return ""
	}
	source := trust.Logsource(r)
	for _, s := range w.Steps {
		if name := s.Scored.Basename; s.Holds && name != "" {
			if advice := a.elsewhere(r, strings.TrimLeft(name, `\/`), w.Score); advice != "" {
				return advice
			}
		}
	}
	for i := range w.Steps {
		s := &w.Steps[i]
		if !s.Holds || s.Value == nil || s.Scored.Path != "" || !a.isPath(s.Scored.Field, source) {
			continue
		}
		if value, _ := fromDrive(s); value != "" && len(value) > len(s.Value.Text) {
			return fmt.Sprintf("let %s begin with `%s`: below a folder of one's own everybody makes any other", s.Scored.Field, value)
		}
	}
	return ""
}

// isPath reports whether a field holds paths from the drive on.
func (a *auditor) isPath(field string, source logsource.Logsource) bool {
	d := a.table.DomainOf(source, field)
	return d != nil && d.Kind == logsource.PathKind && len(d.Patterns) > 0
}

// elsewhere tells where other exclusions say that a program of that name lies.
func (a *auditor) elsewhere(r *compiler.Rule, name string, than float64) string {
	var best []*pin
	for _, p := range a.pinned[r.Product+"\x00"+name] {
		if p.score > than {
			best = append(best, p)
		}
	}
	if len(best) == 0 {
		return ""
	}
	slices.SortStableFunc(best, func(x, y *pin) int {
		return cmp.Or(-cmp.Compare(x.times, y.times), -cmp.Compare(bit(x.whole), bit(y.whole)), cmp.Compare(x.value, y.value))
	})
	what, who := "the folder", "as this rule does elsewhere"
	if best[0].whole {
		what = "the whole path"
	}
	if best[0].rule != r {
		who = fmt.Sprintf("as the rule %q does", best[0].rule.Title)
	}
	more := ""
	if n := len(best) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more)", n)
	}
	return fmt.Sprintf("ask for %s `%s`%s too, %s", what, best[0].value, more, who)
}
