package witness

import (
	"regexp"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// options makes the solver prefer usual values, and spell texts as the rule does.
func (q *request) options() solver.Options {
	spelt := q.maker.spellings(q.rule)
	var like solver.Model
	if q.like != nil {
		like = solver.Model{}
		for field, texts := range q.like {
			like[field] = solver.Field{Texts: texts}
		}
	}
	var domain func(string) []compiler.Predicate
	if q.maker.domain != nil {
		domain = q.maker.domain(sourceOf(q.rule))
	}
	return solver.Options{
		Lists:   q.lists,
		Domain:  domain,
		Several: func(field string) bool { return strings.Contains(field, ".") }, // what stands in objects may stand in a list of them
		Like:    like,
		Prefer: func(field string) []string {
			if like := q.like[field]; len(like) > 0 {
				return like
			}
			return q.realistic(field)
		},
		Spell: func(folded string) string { return spelt[folded] },
	}
}

func (q *request) realistic(field string) []string {
	return q.maker.table.Realistic(sourceOf(q.rule), field)
}

// spellings returns the literals of a rule, and of the views that serve it, as they
// are written, by their folded form.
func (m *Maker) spellings(r *compiler.Rule) map[string]string {
	out := map[string]string{}
	add := func(text string) {
		p := compiler.ParsePattern(text)
		for _, part := range p.Parts() {
			if folded := compiler.Fold(part.Text); out[folded] == "" {
				out[folded] = part.Text
			}
		}
	}
	if r.Source != nil {
		eachSelection(&r.Source.Detection, add)
		for _, f := range r.Source.Filters {
			eachSelection(&f.Detection, add)
		}
	}
	for _, v := range m.viewsOf(r) {
		for _, match := range v.When {
			for _, c := range match {
				for _, value := range c.Values {
					out[compiler.Fold(value)] = value
				}
			}
		}
	}
	return out
}

func eachSelection(d *rules.Detection, visit func(text string)) {
	for _, s := range d.Selections {
		eachValue(s.Body, visit)
	}
}

func eachValue(b *rules.Block, visit func(text string)) {
	if b == nil {
		return
	}
	for _, item := range b.Items {
		for i := range item.Values {
			visit(item.Values[i].Text)
		}
	}
	for _, inner := range b.Any {
		eachValue(inner, visit)
	}
}

// groomed replaces a value by a more usual one that the predicates of its field do
// not tell from it.
func (q *request) groomed(field, text string) string {
	for _, usual := range q.usual(field, text) {
		if usual == text || q.same(field, text, usual) {
			return usual
		}
	}
	return text
}

// programs are the fields that name the program of a command line.
var programs = map[string]string{"CommandLine": "Image", "ParentCommandLine": "ParentImage"}

// command puts the name of the program before a command line that the rule leaves
// without one.
func (d *draft) command(field string) {
	program, known := d.values[programs[field]]
	line, asked := d.values[field]
	if !known || !asked || line.Kind() != evaluator.String || program.Kind() != evaluator.String {
		return
	}
	_, name := splitPath(program.Text())
	text := line.Text()
	if strings.Contains(strings.ToLower(text), strings.ToLower(strings.TrimSuffix(name, ".exe"))) {
		return
	}
	for _, better := range []string{name + " " + strings.TrimLeft(text, " "), name + text} {
		if d.request.same(field, text, better) {
			d.values[field] = evaluator.StringValue(better)
			return
		}
	}
}

// usual returns more usual forms of a text, the best first.
func (q *request) usual(field, text string) []string {
	domain := q.maker.table.DomainOf(sourceOf(q.rule), field)
	examples := q.realistic(field)
	if domain == nil {
		return nil
	}
	keeps := q.maker.keeps(domain)
	forms := tidied(domain.Kind, text)
	if keeps(text) && len(forms) == 1 {
		return nil
	}
	var out []string
	add := func(t string) {
		if keeps(t) {
			out = append(out, t)
		}
	}
	switch domain.Kind {
	case logsource.PathKind:
		for _, path := range forms {
			q.paths(path, examples, add)
		}
	case logsource.RegistryKind:
		add(forms[0])
		for _, e := range examples {
			hive, _, _ := strings.Cut(e, `\`)
			add(hive + `\` + strings.TrimLeft(text, `\`))
			add(hive + `\` + strings.Trim(text, `\`) + `\Value`)
		}
	case logsource.AccountKind:
		for _, e := range examples {
			before, _, qualified := strings.Cut(e, `\`)
			if qualified {
				add(before + `\` + strings.TrimLeft(text, `\`))
			}
		}
	}
	if keeps(text) {
		return out
	}
	return append(out, examples...)
}

// paths adds usual forms of a path: in a folder, and with the name of a file.
func (q *request) paths(path string, examples []string, add func(string)) {
	if !relative(path) {
		add(path)
	}
	file := strings.TrimLeft(path, `\/`)
	for _, folder := range q.maker.folders {
		add(folder + file)
	}
	for _, e := range examples {
		folder, name := splitPath(e)
		add(folder + file)
		add(path + name)
		add(folder + file + name)
	}
}

var (
	madeUp  = regexp.MustCompile(`^a:[\\/]+`)                  // a drive that stands for any
	another = regexp.MustCompile(`^a:[\\/]?((?:[A-Za-z]:)\\)`) // in front of the one that is asked for
	some    = regexp.MustCompile(`^(?:a:[\\/]?)?:\\`)          // where any drive is
	nobody  = regexp.MustCompile(`(?i)(\\users)\\{2,}`)        // a folder of somebody
	twice   = regexp.MustCompile(`([^\\])\\{2,}`)
	root    = regexp.MustCompile(`^//+`)
	hklm    = regexp.MustCompile(`^hklm\\`)
)

// tidied returns a path, of a file or of the registry, as it is usually written, and
// then as it is if that differs.
func tidied(kind logsource.Kind, path string) []string {
	t := path
	switch kind {
	case logsource.PathKind:
		t = another.ReplaceAllString(some.ReplaceAllString(t, `C:\`), "$1")
		t = root.ReplaceAllString(madeUp.ReplaceAllString(t, ""), "")
		t = nobody.ReplaceAllString(t, `${1}\alice\`)
		t = twice.ReplaceAllString(t, `$1\`)
	case logsource.RegistryKind:
		t = twice.ReplaceAllString(hklm.ReplaceAllString(t, `HKLM\`), `$1\`)
	}
	if t == path {
		return []string{path}
	}
	return []string{t, path}
}

// relative reports whether a path does not say where it begins.
func relative(path string) bool {
	return !strings.HasPrefix(path, "/") && (len(path) < 2 || path[1] != ':') && !strings.HasPrefix(path, `\\`)
}

// splitPath splits a path behind its last separator.
func splitPath(path string) (folder, name string) {
	at := strings.LastIndexAny(path, `\/`) + 1
	return path[:at], path[at:]
}

// same reports whether no predicate of the rule tells two texts of a field apart.
func (q *request) same(field, a, b string) bool {
	same := true
	q.rule.Expr.Each(func(leaf *compiler.Expr) {
		p := &q.maker.program.Predicates[leaf.Atom]
		if p.Field == field || p.Field == "" {
			same = same && p.Accepts(compiler.StringKind, a, compiler.Fold(a)) == p.Accepts(compiler.StringKind, b, compiler.Fold(b))
		}
		if p.Op == compiler.OpFieldRef && (p.Field == field || p.Ref == field) {
			same = false
		}
	})
	return same
}

// numeric reports whether a text is best written as a number: it is an integer in
// its usual form, and the rule asks for numbers.
func (q *request) numeric(field, text string) bool {
	n, ok := compiler.ParseNumber(text)
	if !ok || n.String() != text {
		return false
	}
	asked := false
	q.rule.Expr.Each(func(leaf *compiler.Expr) {
		p := &q.maker.program.Predicates[leaf.Atom]
		asked = asked || p.Field == field && slices.Contains([]compiler.Op{compiler.OpNumber, compiler.OpCompare}, p.Op)
	})
	return asked || field == "EventID"
}
