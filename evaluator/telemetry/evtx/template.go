package evtx

import (
	"encoding/binary"
	"fmt"
	"slices"
)

const templateHeader = 24 // link, GUID, size

// template is what a definition says. Its number is its own as long as the
// Reader remembers it.
type template struct {
	number uint32
	codes  []code
	local  bool // as in lexer
	last   *plan
	plans  map[string]*plan // by the signature of the values
	next   *template        // another one with the same hash
}

// definition is a template at its place in the chunk.
type definition struct {
	id       uint32
	template *template
	err      error // why there is none
}

// templates finds templates by where the chunk defines them, and by what they
// say if an earlier chunk has defined them, too.
type templates struct {
	definitions map[uint32]definition
	bytes       int // budget left for definitions in this chunk
	known       map[uint64]*template
	count       uint32
	codes       int // of all known ones
	members     int // of all their plans
}

func (t *templates) reset() {
	*t = templates{definitions: map[uint32]definition{}, known: map[uint64]*template{}}
}

// template returns the template at an offset, which must have this id.
func (d *decoder) template(offset, id uint32) (*template, error) {
	def, ok := d.definitions[offset]
	if !ok {
		def = d.define(offset)
		d.definitions[offset] = def
	}
	if def.err != nil {
		return nil, def.err
	}
	if def.id != id {
		return nil, fmt.Errorf("template %08x is not where the record points, at offset 0x%x", id, offset)
	}
	return def.template, nil
}

func (d *decoder) define(offset uint32) definition {
	if offset < chunkHeaderSize || offset > chunkSize-templateHeader {
		return definition{err: fmt.Errorf("template at offset 0x%x, which is outside the chunk", offset)}
	}
	id := binary.LittleEndian.Uint32(d.chunk[offset+4:]) // the start of the GUID
	size := int64(binary.LittleEndian.Uint32(d.chunk[offset+20:]))
	start := int(offset) + templateHeader
	if size > int64(len(d.chunk)-start) {
		return definition{err: fmt.Errorf("template of %d bytes at offset 0x%x, which is more than the chunk holds", size, offset)}
	}
	if d.bytes -= int(size); d.bytes < 0 {
		return definition{err: errBudget}
	}
	codes, err := d.script(&cursor{chunk: d.chunk, at: start, end: start + int(size)}, true)
	if err != nil {
		return definition{err: fmt.Errorf("template at offset 0x%x: %w", offset, err)}
	}
	return definition{id: id, template: d.remember(codes, d.local)}
}

// remember returns the template of a script, the known one if there is one.
func (t *templates) remember(codes []code, local bool) *template {
	h := hashCodes(codes)
	for known := t.known[h]; known != nil && !local; known = known.next {
		if slices.Equal(known.codes, codes) {
			return known
		}
	}
	made := &template{number: t.count, codes: slices.Clone(codes), local: local}
	t.count++
	if !local {
		made.next = t.known[h]
		t.known[h] = made
		t.codes += len(codes)
	}
	return made
}

// plan returns the plan for values with this signature, nil if there is none yet.
func (t *template) plan(signature []byte) *plan {
	if t.last != nil && t.last.signature == string(signature) {
		return t.last
	}
	p := t.plans[string(signature)]
	if p != nil {
		t.last = p
	}
	return p
}

// learn keeps a plan for the next record like this one.
func (d *decoder) learnPlan(t *template, signature []byte, p *plan) {
	if d.members > maxKnownMembers {
		return
	}
	d.members += len(p.members) + len(p.items) + len(signature)
	p.signature = string(signature)
	if t.plans == nil {
		t.plans = map[string]*plan{}
	}
	t.plans[p.signature], t.last = p, p
}
