package compiler

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/socctl/socctl/rules"
)

// SemanticsVersion changes whenever the same rule may match other events than
// before. Results are only comparable within one version.
const SemanticsVersion = 2

// Options say how rules are compiled. The zero value is ready to use.
type Options struct {
	// Placeholders are the values of %name% under the modifier expand. They
	// are Sigma strings, so * and ? are wildcards.
	Placeholders map[string][]string

	// Now decides which filters have expired: they are left out. At the zero time
	// none has.
	Now time.Time

	// Flawed compiles rules with errors too if all of them are in attributes that say
	// nothing about events. It is for comparing, not for running.
	Flawed bool
}

// Program is a compiled set of rules. It is immutable and safe for concurrent use.
type Program struct {
	Predicates   []Predicate    // each once for all rules
	Rules        []*Rule        // in the order of the set
	Correlations []*Correlation // inputs before those that refer to them

	// Expiry is what became of filters that end some day, nil if the set has none.
	Expiry *Expiry

	now     time.Time // Options.Now
	renewed int       // rules that were compiled anew since all were; see Recompile

	once    sync.Once
	derived any
}

// Derived returns what build makes, which is called once in the life of the
// program. It is for package evaluator, whose evaluators share what they
// prepare of a program, and may be called by many goroutines.
func (p *Program) Derived(build func() any) any {
	p.once.Do(func() { p.derived = build() })
	return p.derived
}

// Rule is one rule of a Program.
type Rule struct {
	ID    string // UUID, lower case; "" if the rule has none
	Title string
	Level string // "" if the rule has none

	// Hash identifies what the rule means: logsource, predicates and how they
	// combine, with placeholder values. Metadata, names of selections, order
	// and spelling have no influence.
	Hash string

	Category, Product, Service string // of the logsource, lower case; "" matches any
	Fields                     []string
	Expr                       *Expr // the detection and all filters

	// Detection is the rule without its filters: Expr itself if there are none.
	Detection *Expr
	Filters   []*Expr // of the filters that apply, each with its Filter; all must hold

	// Alerts is not set for a rule that only feeds correlations (D48). It
	// matches like any other; whoever raises alerts leaves its matches out.
	Alerts bool

	// Witness lists predicates of which at least one holds on every event that
	// the rule matches, none of them on an event without its field. It is nil
	// if there is no such list.
	Witness []int

	Source *rules.Rule

	faultless bool // compiling it found nothing, so that it can be taken over
}

// Compile compiles every valid rule and correlation of a set, after linking it
// if documents were added since it was linked. Documents that cannot be compiled are
// left out and their problems returned, as are those of rules that are invalid
// already, so that all problems of a file show in one run.
func Compile(set *rules.Set, o Options) (*Program, rules.Diagnostics) {
	return compile(set, &o, nil)
}

// compile is Compile, for which parts of an earlier program are reused if there
// is one.
func compile(set *rules.Set, o *Options, earlier *reusable) (*Program, rules.Diagnostics) {
	var diags rules.Diagnostics
	if !set.Linked() {
		diags = set.Link()
	}
	lowered := make([]loweredRule, len(set.Rules))
	parallel(len(set.Rules), func(i int) {
		if r := earlier.rule(set.Rules[i], o.Now); r != nil {
			lowered[i].rule, lowered[i].finished = r, true
		} else {
			lowered[i] = lower(set.Rules[i], o)
		}
	})
	p := &Program{Predicates: earlier.predicates(), Expiry: expiryOf(set, o.Now), now: o.Now}
	atoms := earlier.atoms()
	diags = append(diags, untold(checkFilters(set, o), set)...)
	var fresh []*Rule
	for _, r := range lowered {
		diags = append(diags, untold(r.diags, set)...)
		if r.rule == nil {
			continue
		}
		if !r.finished {
			p.intern(r, atoms)
			fresh = append(fresh, r.rule)
		}
		p.Rules = append(p.Rules, r.rule)
	}
	parallel(len(fresh), func(i int) { p.finish(fresh[i]) })
	if earlier != nil {
		p.renewed = earlier.program.renewed + len(fresh)
	}
	diags = append(diags, p.correlate(set)...)
	diags.Sort()
	return p, diags
}

// parallel calls f for 0 to n-1 on all processors.
func parallel(n int, f func(int)) {
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				f(i)
			}
		})
	}
	wg.Wait()
}

// loweredRule is a rule before its predicates are interned. rule is nil if it
// cannot be evaluated.
type loweredRule struct {
	rule     *Rule
	leaves   []*Expr
	diags    rules.Diagnostics
	finished bool // taken from an earlier program, with predicates numbered
}

func lower(source *rules.Rule, o *Options) loweredRule {
	l := lowerer{options: o}
	expr := l.detection(&source.Detection)
	filters := filtersOf(source, o)
	if t := source.Taxonomy; t.Text != "" && t.Text != "sigma" {
		l.errorf("ref/taxonomy-unmapped", t.Span, fmt.Sprintf("taxonomy %q has no mapping", t.Text), "name the pipeline that maps it under taxonomies: in .socctl.yml")
	}
	out := loweredRule{diags: l.diags}
	if source.Invalid && !(o.Flawed && source.Flawed) || l.diags.Count(rules.Error) > 0 {
		return out
	}
	out.rule = &Rule{
		ID: source.ID.Text, Title: source.Title.Text, Level: source.Level.Text,
		Category: strings.ToLower(source.Logsource.Category.Text),
		Product:  strings.ToLower(source.Logsource.Product.Text),
		Service:  strings.ToLower(source.Logsource.Service.Text),
		Expr:     expr, Detection: expr, Filters: filters, Source: source, faultless: len(l.diags) == 0,
	}
	if filters != nil {
		out.rule.Expr = &Expr{Op: And, Args: append([]*Expr{expr}, filters...)}
	}
	out.rule.Expr.walk(map[*Expr]bool{}, func(e *Expr) {
		if e.Op == Leaf {
			out.leaves = append(out.leaves, e)
			e.predicate.text = e.predicate.String()
		}
	})
	return out
}

// intern gives every leaf the number of its predicate.
func (p *Program) intern(r loweredRule, atoms map[string]int) {
	for _, leaf := range r.leaves {
		n, known := atoms[leaf.predicate.text]
		if !known {
			n = len(p.Predicates)
			atoms[leaf.predicate.text] = n
			p.Predicates = append(p.Predicates, *leaf.predicate)
		}
		leaf.Atom, leaf.predicate = n, nil
	}
}

// finish computes what follows from a rule's expression.
func (p *Program) finish(r *Rule) {
	r.Expr.walk(map[*Expr]bool{}, func(e *Expr) {
		if e.Op != Leaf {
			return
		}
		switch pr := p.Predicates[e.Atom]; {
		case pr.Op == OpFieldRef:
			r.Fields = append(r.Fields, pr.Field, pr.Ref)
		case pr.Field != "":
			r.Fields = append(r.Fields, pr.Field)
		}
	})
	slices.Sort(r.Fields)
	r.Fields = slices.Compact(r.Fields)
	if w, ok := r.Expr.witness(p.Predicates); ok {
		r.Witness = w
	}
	sum := sha256.Sum256([]byte(r.canonical(p.Predicates)))
	r.Hash = "sha256:" + hex.EncodeToString(sum[:])
}

// canonical is the text that a rule's hash is made of.
func (r *Rule) canonical(predicates []Predicate) string {
	var b strings.Builder
	fmt.Fprintf(&b, "category=%q product=%q service=%q\n", r.Category, r.Product, r.Service)
	custom := make([]string, 0, len(r.Source.Logsource.Custom))
	for _, e := range r.Source.Logsource.Custom {
		custom = append(custom, fmt.Sprintf("%q=%q\n", e.Key.Text, e.Value.Scalar.Text))
	}
	slices.Sort(custom)
	b.WriteString(strings.Join(custom, ""))
	b.WriteString(r.Expr.canonical(predicates))
	return b.String()
}

// String prints the program: every rule with its logsource and expression.
func (p *Program) String() string {
	var b strings.Builder
	for _, r := range p.Rules {
		fmt.Fprintf(&b, "%s %s\n", cmp.Or(r.ID, "-"), r.Title)
		b.WriteString(r.canonical(p.Predicates) + "\n\n")
	}
	return b.String()
}
