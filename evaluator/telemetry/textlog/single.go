package textlog

import "github.com/socctl/socctl/evaluator"

// original is the member of a record that holds its line as it was received.
// It is one key with a dot in it.
const original = "event.original"

// dataset is the member that names the kind of log where the line itself has
// nothing that views could tell it by. It is one key with a dot in it, and its
// values are those of the Elastic Common Schema.
const dataset = "event.dataset"

// single is a format in which every line is a record of its own.
type single struct {
	claim func(line string) bool
	// read returns the members that a line makes; it may be given lines that
	// claim refuses, if the user chose the format.
	read func(line string) ([]evaluator.Member, error)
}

func (p single) claims(line string) bool { return p.claim(line) }

func (p single) line(line string, emit emitter) error {
	members, err := p.read(line)
	if err != nil {
		return err
	}
	emit(evaluator.ObjectValue(append(members, text(original, line))...))
	return nil
}

func (single) flush(emitter) {}

func text(name, value string) evaluator.Member {
	return evaluator.Member{Name: name, Value: evaluator.StringValue(value)}
}

// appendText adds a member unless the log says that the value is missing.
func appendText(members []evaluator.Member, name, value string) []evaluator.Member {
	if value == "" || value == "-" {
		return members
	}
	return append(members, text(name, value))
}

// appendNumber is appendText for values that are numbers as a rule.
func appendNumber(members []evaluator.Member, name, value string) []evaluator.Member {
	if !isCount(value) {
		return appendText(members, name, value)
	}
	return append(members, evaluator.Member{Name: name, Value: evaluator.NumberValue(value)})
}

// isCount reports whether text is a whole number as JSON writes it.
func isCount(text string) bool {
	return digits(text) == len(text) && text != "" && (text[0] != '0' || len(text) == 1)
}

// digits returns how many decimal digits text starts with.
func digits(text string) int {
	n := 0
	for n < len(text) && text[n]-'0' <= 9 {
		n++
	}
	return n
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigit(c byte) bool { return c-'0' <= 9 }

// cutWord returns the text up to the next blank, and what is behind the blanks.
func cutWord(s string) (word, rest string) {
	i := 0
	for i < len(s) && s[i] != ' ' && s[i] != '\t' {
		i++
	}
	word = s[:i]
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return word, s[i:]
}
