package coverage

import (
	"fmt"
	"strings"
)

// Level is what the evidence for a cell amounts to. Levels are ordered.
type Level uint8

// The levels.
const (
	None     Level = iota
	Tagged         // 1
	Tested         // 2
	Self           // 3a: fired on telemetry that was recorded for the rule
	Observed       // 3b: fired on telemetry with a label of others
	Proven         // 4
)

var levelNames = [...]struct{ mark, word, meaning string }{
	None:     {"0", "none", "no rule that qualifies"},
	Tagged:   {"1", "tagged", "claimed by a sound rule, nothing shown"},
	Tested:   {"2", "tested", "passing tests that it fires and that it stays silent"},
	Self:     {"3a", "self-labelled", "fired on telemetry recorded for this rule"},
	Observed: {"3b", "observed", "fired on attack telemetry that others labelled"},
	Proven:   {"4", "proven", "3b, and verdicts bound its precision"},
}

// Levels returns all levels, the lowest first.
func Levels() []Level { return []Level{None, Tagged, Tested, Self, Observed, Proven} }

// String returns the mark of a level: 0, 1, 2, 3a, 3b or 4.
func (l Level) String() string { return levelNames[l].mark }

// Word names a level in a word.
func (l Level) Word() string { return levelNames[l].word }

// Meaning says in half a sentence what a level stands for.
func (l Level) Meaning() string { return levelNames[l].meaning }

// MarshalText writes the mark.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads what ParseLevel reads.
func (l *Level) UnmarshalText(text []byte) (err error) {
	*l, err = ParseLevel(string(text))
	return err
}

// ParseLevel reads a mark or a word. The error names all of them.
func ParseLevel(text string) (Level, error) {
	var known []string
	for i, n := range levelNames {
		if strings.EqualFold(text, n.mark) || strings.EqualFold(text, n.word) {
			return Level(i), nil
		}
		known = append(known, n.mark+" ("+n.word+")")
	}
	return None, fmt.Errorf("there is no level %q: known are %s", text, strings.Join(known, ", "))
}
