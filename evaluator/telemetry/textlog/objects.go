package textlog

import (
	"errors"

	"github.com/socctl/socctl/evaluator"
)

// objects takes lines that are JSON objects.
type objects struct {
	decode func(string) (evaluator.Value, bool)
}

func newObjects(o *Options) parser { return objects{o.Object} }

func (p objects) claims(line string) bool { return p.decode != nil && line[0] == '{' }

func (p objects) line(line string, emit emitter) error {
	v, ok := p.decode(line)
	if !ok {
		return errors.New("line starts like a JSON object, but is none")
	}
	emit(v)
	return nil
}

func (objects) flush(emitter) {}
