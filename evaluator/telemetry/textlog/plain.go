package textlog

import "github.com/socctl/socctl/evaluator"

// plain takes every line as the text of an event.
type plain struct{}

func newPlain(*Options) parser { return plain{} }

func (plain) claims(string) bool { return true }

func (plain) line(line string, emit emitter) error {
	emit(evaluator.ObjectValue(evaluator.Member{Name: "message", Value: evaluator.StringValue(line)}))
	return nil
}

func (plain) flush(emitter) {}
