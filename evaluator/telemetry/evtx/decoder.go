package evtx

import (
	"errors"

	"github.com/socctl/socctl/evaluator"
)

// decoder makes values of the records of one chunk at a time.
type decoder struct {
	lexer
	templates
	texts
	signature []byte  // of the values of the record
	values    []value // of the record
	frames    []frame // of the record
	stack     []node  // of the elements that are being shaped
	quota     int     // bytes that the record may still render
	odd       bool    // the look of the record depends on more than its signature
}

// reset prepares for the records of another chunk.
func (d *decoder) reset(chunk []byte) {
	if d.known == nil || d.symbols.bytes > maxKnownSymbols || d.templates.codes > maxKnownCodes || d.members > maxKnownMembers {
		d.symbols.reset()
		d.templates.reset()
	}
	clear(d.definitions)
	d.chunk = chunk
	if d.reading++; d.reading == 0 {
		d.names, d.reading = [256]nameAt{}, 1
	}
	d.steps, d.bytes, d.learned = maxChunkSteps, maxTemplateBytes, d.symbols.bytes+maxSymbolBytes
}

// record renders the record whose binary XML lies between two chunk offsets.
func (d *decoder) record(start, end int) (evaluator.Value, error) {
	p, v, err := d.planned(start, end)
	if p == nil {
		return v, err
	}
	v = d.run(p)
	return v, d.overrun(nil)
}

// planned returns the plan of the record, whose values the decoder holds then. If it
// has none it is rendered already, or cannot be.
func (d *decoder) planned(start, end int) (*plan, evaluator.Value, error) {
	d.begin()
	c := cursor{chunk: d.chunk, at: start, end: end}
	if end-start < 5 || d.chunk[start] != tokenFragment || d.chunk[start+4] != tokenInstance {
		v, err := d.general(start, end)
		return nil, v, err
	}
	c.skip(5)
	f, err := d.instance(&c, 1)
	switch {
	case err != nil:
		return nil, evaluator.Value{}, err
	case !c.ended():
		v, err := d.general(start, end)
		return nil, v, err
	}
	p := f.template.plan(d.signature)
	if p == nil || d.odd {
		root, err := d.shape(walk{codes: f.template.codes}, f, 1)
		if err != nil || d.odd {
			v := d.rendered(root)
			return nil, v, d.overrun(err)
		}
		p = newPlan(d, root)
		d.learnPlan(f.template, d.signature, p)
	}
	return p, evaluator.Value{}, nil
}

func (d *decoder) begin() {
	d.signature, d.values, d.frames = d.signature[:0], d.values[:0], d.frames[:0]
	d.quota, d.odd = maxRecordText, false
}

// general renders a record that is anything but one instance of a template.
func (d *decoder) general(start, end int) (evaluator.Value, error) {
	d.begin()
	codes, err := d.script(&cursor{chunk: d.chunk, at: start, end: end}, true)
	if err != nil {
		return evaluator.Value{}, err
	}
	root, err := d.shape(walk{codes: keep(codes)}, frame{}, 0)
	return d.rendered(root), d.overrun(err)
}

// overrun returns the error of a record that has been rendered.
func (d *decoder) overrun(err error) error {
	if err == nil && (d.quota < 0 || d.steps < 0) {
		return errBudget
	}
	return err
}

var errEmpty = errors.New("record without an element")
