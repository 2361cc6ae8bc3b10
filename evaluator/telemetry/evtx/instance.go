package evtx

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// frame is an instance of a template: what it says, and which of the decoder's
// values belong to it.
type frame struct {
	template    *template
	base, count int
}

// value is one value of an instance as it stands in the chunk.
type value struct {
	start uint32
	frame uint32 // one more than the index of the frame that is its content, 0 if it is something else
	size  uint16
	kind  byte
	class byte
}

// classOf tells what the look of a record depends on: a value's type, and
// null if it is empty and its type has no empty value.
func classOf(kind byte, size int) byte {
	switch {
	case size > 0, kind == kindString, kind == kindANSI, kind == kindXML, kind&kindArray != 0:
		return kind
	}
	return kindNull
}

// instanceHead reads an instance behind its token up to its values.
func instanceHead(c *cursor) (id, offset uint32, descriptors []byte, err error) {
	c.skip(1) // version
	id, offset = c.u32(), c.u32()
	if int64(offset) == int64(c.at) { // the first instance of a chunk holds the template in line
		c.skip(templateHeader - 4)
		size := c.u32()
		if int64(size) > int64(c.end-c.at) {
			return 0, 0, nil, errTruncated
		}
		c.skip(int(size))
	}
	count := int64(c.u32())
	if c.overread || 4*count > int64(c.end-c.at) {
		return 0, 0, nil, errTruncated
	}
	return id, offset, c.take(int(4 * count)), nil
}

func skipInstance(c *cursor) error {
	_, _, descriptors, err := instanceHead(c)
	if err != nil {
		return err
	}
	for ; len(descriptors) > 0; descriptors = descriptors[4:] {
		c.skip(int(binary.LittleEndian.Uint16(descriptors)))
	}
	return nil
}

// instance reads an instance behind its token. Its values go to d.values, what
// a plan has to know of them to d.signature.
func (d *decoder) instance(c *cursor, depth int) (frame, error) {
	if depth > maxDepth {
		return frame{}, errDeep
	}
	id, offset, descriptors, err := instanceHead(c)
	if err != nil {
		return frame{}, err
	}
	t, err := d.template(offset, id)
	if err != nil {
		return frame{}, err
	}
	f := frame{t, len(d.values), len(descriptors) / 4}
	if err := d.spend(f.count); err != nil {
		return frame{}, err
	}
	d.signature = binary.LittleEndian.AppendUint32(d.signature, t.number)
	d.signature = binary.LittleEndian.AppendUint16(d.signature, uint16(f.count))
	d.values, d.signature = slices.Grow(d.values, f.count), slices.Grow(d.signature, f.count)
	values, classes := d.values[f.base:f.base+f.count], d.signature[len(d.signature):len(d.signature)+f.count]
	nested, at := false, c.at
	for i := range values {
		descriptor := binary.LittleEndian.Uint32(descriptors[4*i : 4*i+4])
		size, kind := int(uint16(descriptor)), byte(descriptor>>16)
		if size > c.end-at {
			return frame{}, fmt.Errorf("value %d of %d bytes is longer than the record", i, size)
		}
		class := kind
		if size == 0 {
			class = classOf(kind, 0)
		}
		nested = nested || class == kindBinXML
		v := &values[i]
		v.start, v.frame, v.size, v.kind, v.class = uint32(at), 0, uint16(size), kind, class
		classes[i] = class
		at += size
	}
	c.at = at
	d.values, d.signature = d.values[:f.base+f.count], d.signature[:len(d.signature)+f.count]
	if nested {
		d.embed(f, depth)
	}
	return f, nil
}

// embed reads the values of a frame that are binary XML themselves.
func (d *decoder) embed(f frame, depth int) {
	for i := f.base; i < f.base+f.count; i++ {
		if d.values[i].class == kindBinXML {
			d.values[i].frame = d.embedded(d.values[i], depth+1)
		}
	}
}

// embedded reads a value that is one instance and nothing else, as nearly all
// are. Others are left alone until they are needed, and make the record odd.
func (d *decoder) embedded(v value, depth int) uint32 {
	values, frames, signature := len(d.values), len(d.frames), len(d.signature)
	c := d.cursor(v)
	if c.at < c.end && c.chunk[c.at] == tokenFragment {
		c.skip(4)
	}
	if c.u8() == tokenInstance {
		if f, err := d.instance(&c, depth); err == nil && c.ended() {
			d.frames = append(d.frames, f)
			return uint32(len(d.frames))
		}
	}
	d.values, d.frames, d.signature = d.values[:values], d.frames[:frames], d.signature[:signature]
	d.odd = true
	return 0
}

func (d *decoder) cursor(v value) cursor {
	return cursor{chunk: d.chunk, at: int(v.start), end: int(v.start) + int(v.size)}
}
