package telemetry

import (
	"errors"
	"fmt"
)

const templateHeader = 24 // link, GUID, size

// instance parses a template instance behind its token: a reference to the
// template, which the first instance of a chunk holds in line, the types and
// winSizes of the values, and the values.
func (x *binXML) instance(c *binCursor, depth int) (*binInstance, error) {
	if depth > maxBinaryDepth {
		return nil, errDeep
	}
	c.u8() // version
	id, offset := c.u32(), c.u32()
	if int64(offset) == int64(c.at) {
		c.take(4)
		c.take(8)
		c.take(8)
		size := c.u32()
		if int64(size) > int64(c.end-c.at) {
			return nil, errTruncatedXML
		}
		c.at += int(size)
	}
	t, err := x.template(offset, depth)
	if err != nil {
		return nil, err
	}
	if t.id != id {
		return nil, fmt.Errorf("template %08x is not where the record points, at offset 0x%x", id, offset)
	}
	values, err := x.rawValues(c)
	return &binInstance{t, values}, err
}

func (x *binXML) template(offset uint32, depth int) (*binTemplate, error) {
	if t, ok := x.templates[offset]; ok {
		if !t.ready {
			return nil, errors.New("template that contains itself or is damaged")
		}
		return t, nil
	}
	if offset < chunkHeaderSize || offset > chunkSize-templateHeader {
		return nil, fmt.Errorf("template at offset 0x%x, which is outside the chunk", offset)
	}
	c := &binCursor{chunk: x.chunk, at: int(offset) + 4, end: len(x.chunk)}
	t := &binTemplate{id: c.u32()}
	c.take(8)
	c.take(4) // the rest of the GUID, of which the id is the start
	size := int64(c.u32())
	if size > int64(c.end-c.at) {
		return nil, fmt.Errorf("template of %d bytes at offset 0x%x, which is more than the chunk holds", size, offset)
	}
	if x.bytes -= int(size); x.bytes < 0 {
		return nil, errBudget
	}
	c.end = c.at + int(size)
	x.templates[offset] = t
	// The values of instances inside the template live as long as it does, so
	// they must not share memory with those of the record.
	values := x.values
	x.values = nil
	content, err := x.fragment(c, true, depth)
	x.values = values
	if err != nil {
		return nil, fmt.Errorf("template at offset 0x%x: %w", offset, err)
	}
	t.content, t.ready = content, true
	return t, nil
}

// rawValues parses the descriptors of values and cuts the values out.
func (x *binXML) rawValues(c *binCursor) ([]binValue, error) {
	count := int64(c.u32())
	if c.overread || 4*count > int64(c.end-c.at) {
		return nil, errTruncatedXML
	}
	if err := x.spend(int(count)); err != nil {
		return nil, err
	}
	base := len(x.values)
	descriptors := c.take(int(4 * count))
	for i := 0; i < len(descriptors); i += 4 {
		size := int(descriptors[i]) | int(descriptors[i+1])<<8
		if size > c.end-c.at {
			return nil, fmt.Errorf("value %d of %d bytes is longer than the record", i/4, size)
		}
		start := c.at
		x.values = append(x.values, binValue{kind: descriptors[i+2], start: start, data: c.take(size)})
	}
	return x.values[base:len(x.values):len(x.values)], nil
}
