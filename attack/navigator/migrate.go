package navigator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/socctl/socctl/attack"
)

// MaxSize is the size in bytes above which a layer is refused.
const MaxSize = 64 << 20

// Result is what becomes of the layers of a file.
type Result struct {
	After   []byte // the file as it is to be; the same bytes if there is nothing to do
	Changed []Line // what is changed
	// Asked is what a person has to decide. It is left as it is, so that the layer
	// keeps its release as long as there is any.
	Asked []Line
}

// Line is one thing about a layer, with the place where it stands.
type Line struct {
	Layer        string // its name, which is untrusted text
	Line, Column int
	Text         string
}

// ErrFuture means that a layer is of a release or a format that is not known.
var ErrFuture = errors.New("it is newer than what is known here")

type edit struct {
	value
	with string
}

type migration struct {
	facts  *attack.Facts
	source []byte
	result Result
	edits  []edit
}

// Migrate brings a layer, or a list of layers, to the release of facts. The error
// says why the file is left alone: it is no layer, or of another format, domain
// or later release. It begins with line and column.
func Migrate(source []byte, facts *attack.Facts) (*Result, error) {
	if len(source) > MaxSize {
		return nil, fmt.Errorf("1:1: a layer has at most %d MiB", MaxSize>>20)
	}
	all, err := layers(source)
	if err != nil {
		return nil, err
	}
	m := &migration{facts: facts, source: source}
	for i := range all {
		if err := m.check(&all[i]); err != nil {
			return nil, err
		}
	}
	for i := range all {
		m.layer(&all[i])
	}
	m.result.After = m.apply()
	return &m.result, nil
}

// check refuses what is not understood.
func (m *migration) check(l *layer) error {
	major, _, _ := strings.Cut(l.format.text, ".")
	switch c := attack.CompareVersions(major, "4"); {
	case l.format.text == "":
		return m.errorf(value{}, "this is no layer of the Navigator: it does not say its format, as in \"versions\": {\"layer\": \"4.5\"}")
	case c > 0:
		return m.errorf(l.format, "the layer is of format %s, and formats 4.0 to 4.5 are understood: %w", l.format.text, ErrFuture)
	case c < 0:
		return m.errorf(l.format, "the layer is of format %s, and formats 4.0 to 4.5 are understood: open it in the Navigator and save it", l.format.text)
	case l.domain.text != m.facts.Domain:
		return m.errorf(l.domain, "the layer is of the domain %q, and the facts are of %s", l.domain.text, m.facts.Domain)
	case l.release.text != "" && attack.CompareVersions(majorOf(l.release.text), majorOf(m.facts.Version)) > 0:
		return m.errorf(l.release, "the layer is of ATT&CK %s, and the facts are of %s: %w", l.release.text, m.facts.Version, ErrFuture)
	}
	return nil
}

func majorOf(release string) string {
	major, _, _ := strings.Cut(release, ".")
	return major
}

func (m *migration) errorf(at value, format string, values ...any) error {
	line, column := position(m.source, at.from)
	return fmt.Errorf("%d:%d: %w", line, column, fmt.Errorf(format, values...))
}

// layer moves the techniques of one layer and, if nothing is left to decide, says
// that it is of the new release.
func (m *migration) layer(l *layer) {
	asked := len(m.result.Asked)
	moved := map[[2]string]bool{} // technique and tactic of what stands in the layer
	for _, e := range l.techniques {
		if t := m.facts.Technique(e.id.text); t != nil && t.Status == attack.Active {
			moved[[2]string{t.ID, e.tactic.text}] = true
		}
	}
	for _, e := range l.techniques {
		m.entry(l, e, moved)
	}
	if m.facts.Version == "" || l.release.from == l.release.to || len(m.result.Asked) > asked {
		return
	}
	if want := majorOf(m.facts.Version); majorOf(l.release.text) != want {
		m.replace(l, l.release, want, "the layer is of ATT&CK "+want)
	}
}

// entry moves what a layer says of one technique.
func (m *migration) entry(l *layer, e entry, moved map[[2]string]bool) {
	next, tactic := m.facts.Resolve(e.id.text), e.tactic.text
	switch {
	case m.facts.Technique(e.id.text) == nil:
		m.ask(l, e.id, fmt.Sprintf("technique %s is not in %s", e.id.text, m.facts.Label()))
		return
	case next == nil:
		m.ask(l, e.id, fmt.Sprintf("technique %s was given up without a successor", e.id.text))
		return
	}
	if tactic != "" && !slices.Contains(next.Tactics, tactic) {
		into := m.facts.Became(tactic, e.id.text)
		if len(into) != 1 {
			m.ask(l, e.tactic, fmt.Sprintf("technique %s is not of the tactic %s: it is of %s", next.ID, tactic, strings.Join(next.Tactics, ", ")))
			return
		}
		tactic = into[0]
	}
	renamed := next.ID != strings.ToUpper(e.id.text)
	if !renamed && tactic == e.tactic.text {
		return
	}
	key := [2]string{next.ID, tactic}
	if moved[key] {
		m.ask(l, e.id, fmt.Sprintf("technique %s became %s, which the layer has already: keep one of the two", e.id.text, next.ID))
		return
	}
	moved[key] = true
	if renamed {
		m.replace(l, e.id, next.ID, fmt.Sprintf("technique %s became %s (%s)", e.id.text, next.ID, next.Name))
	}
	if tactic != e.tactic.text {
		m.replace(l, e.tactic, tactic, fmt.Sprintf("the tactic %s of %s became %s", e.tactic.text, next.ID, tactic))
	}
}

func (m *migration) replace(l *layer, at value, with, why string) {
	m.edits = append(m.edits, edit{at, with})
	m.result.Changed = append(m.result.Changed, m.line(l, at, why))
}

func (m *migration) ask(l *layer, at value, why string) {
	m.result.Asked = append(m.result.Asked, m.line(l, at, why))
}

func (m *migration) line(l *layer, at value, text string) Line {
	line, column := position(m.source, at.from)
	return Line{l.name.text, line, column, text}
}

func (m *migration) apply() []byte {
	slices.SortFunc(m.edits, func(a, b edit) int { return a.from - b.from })
	var out bytes.Buffer
	at := 0
	for _, e := range m.edits {
		out.Write(m.source[at:e.from])
		text, _ := json.Marshal(e.with)
		out.Write(text)
		at = e.to
	}
	out.Write(m.source[at:])
	return out.Bytes()
}
