package calibration

import (
	"cmp"
	"slices"
	"time"
)

// Ledger is what was tested so far. The zero value is empty. It is not safe for
// concurrent use; that of its file is, see Ledger.Append.
type Ledger struct {
	records map[string]*Record // by key
	size    int64              // of the file that it was read from
}

// New returns a ledger with records, in any order and any of them more than once.
func New(records []Record) *Ledger {
	l := &Ledger{records: map[string]*Record{}}
	for i := range records {
		r := &records[i]
		k := r.key()
		if old := l.records[k]; old == nil || r.Time.Before(old.Time) {
			l.records[k] = r
		}
	}
	return l
}

// Rule returns what was tested of a rule, for a run as of a time. What an alert has
// tested it has tested whatever becomes of the rule. A nil ledger is empty.
func (l *Ledger) Rule(rule string, now time.Time) *Rule {
	out := &Rule{name: rule, now: now.UTC(), opened: map[string]int{}, trials: map[inTrial]bool{}, found: map[string]bool{}, spent: map[string]bool{}}
	if l == nil {
		return out
	}
	for k, r := range l.records {
		if r.Rule == rule {
			out.records = append(out.records, r)
			out.found[k] = true
			for _, a := range r.Alerts {
				out.opened[a]++
				out.trials[inTrial{r.Trial, a}] = true
			}
		}
	}
	slices.SortFunc(out.records, func(a, b *Record) int {
		return cmp.Or(cmp.Compare(len(b.Alerts), len(a.Alerts)), cmp.Compare(a.key(), b.key()))
	})
	return out
}

// Rule is what was tested of one rule.
type Rule struct {
	name    string
	now     time.Time
	records []*Record // those with most alerts first
	opened  map[string]int
	trials  map[inTrial]bool
	found   map[string]bool // by key
	added   []Record
	spent   map[string]bool // in this run
}

// inTrial is an alert that tested something in a trial.
type inTrial struct{ trial, alert string }

// Tested reports whether an alert has tested an exclusion in a trial before this run.
// Nil has tested nothing.
func (r *Rule) Tested(trial, fingerprint string) bool {
	return r != nil && len(r.trials) > 0 && r.trials[inTrial{trial, name(fingerprint)}]
}

// Opened reports whether an alert has tested an exclusion of the rule before this run.
func (r *Rule) Opened(fingerprint string) bool { return r.opened[name(fingerprint)] > 0 }

// Tests returns how many sequences were tested before.
func (r *Rule) Tests() int { return len(r.records) }

// Counted returns which alerts count for each exclusion of a sequence: those that
// tested nothing before, and, where an earlier test asked the same, those that it
// counted. An earlier test asked the same if its exclusions were the same in the same
// order, with no less error, and of its alerts the same ones test each of them now: who
// allows less error is wrong only where one who allows more is, too.
func (r *Rule) Counted(s Sequence) [][]string {
	if len(r.opened) == 0 {
		out := make([][]string, len(s.Tests))
		for i, t := range s.Tests {
			out[i] = t.Alerts
		}
		return out
	}
	earlier := r.same(s)
	var own map[string]bool
	if earlier != nil {
		own = make(map[string]bool, len(earlier.Alerts))
		for _, a := range earlier.Alerts {
			own[a] = true
		}
	}
	out := make([][]string, len(s.Tests))
	for i, t := range s.Tests {
		for _, a := range t.Alerts {
			if n := name(a); r.opened[n] == 0 || own[n] {
				out[i] = append(out[i], a)
			}
		}
	}
	return out
}

func (r *Rule) same(s Sequence) *Record {
	all := make([][]string, len(s.Tests))
	for i, t := range s.Tests {
		all[i] = names(t.Alerts)
	}
next:
	for _, e := range r.records {
		// A longer list of exclusions than were tested in the end asks the same.
		if e.Error < s.Error || len(e.Clauses) > len(s.Tests) {
			continue
		}
		for i, c := range e.Clauses {
			if c != s.Tests[i].Clause || digest(common(all[i], e.Alerts)) != e.Digests[i] {
				continue next
			}
		}
		return e
	}
	return nil
}

// common returns what two ordered lists share.
func common(a, b []string) []string {
	var out []string
	for _, n := range a {
		if _, found := slices.BinarySearch(b, n); found {
			out = append(out, n)
		}
	}
	return out
}

// Spend writes down that a sequence was tested, on alerts that Counted returned. It
// has no influence on what Counted returns in this run: the sequences of a run share
// its error. A sequence that was tested before in the same way adds nothing.
func (r *Rule) Spend(s Sequence) {
	e := Record{Schema: Schema, Time: r.now, Rule: r.name, Trial: s.Trial, Error: s.Error}
	for _, t := range s.Tests {
		of := names(t.Alerts)
		e.Clauses, e.Digests = append(e.Clauses, t.Clause), append(e.Digests, digest(of))
		e.Alerts = append(e.Alerts, of...)
	}
	slices.Sort(e.Alerts)
	e.Alerts = slices.Compact(e.Alerts)
	for _, a := range e.Alerts {
		r.spent[a] = true
	}
	if k := e.key(); len(s.Tests) > 0 && !r.found[k] {
		r.found[k] = true
		r.added = append(r.added, e)
	}
}

// Spent reports whether an alert has tested an exclusion of the rule, before or in
// this run.
func (r *Rule) Spent(fingerprint string) bool {
	n := name(fingerprint)
	return r.opened[n] > 0 || r.spent[n]
}

// Added returns what was written down since the ledger was read.
func (r *Rule) Added() []Record { return r.added }
