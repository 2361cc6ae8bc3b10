package shape

// maxGlue is how long the text between two leaves may be for a shape to be
// remembered.
const maxGlue = 4 << 10

// glue is what stands between a leaf and the next: punctuation, names, spaces.
// It also decides the kind of the next leaf, and holds those whose kind is all
// there is to know.
type glue struct {
	start, stop uint32 // offsets into the record; the next leaf starts or stops at stop
	leaf        uint32 // length of the leaf, if it is within the glue
	kind        Kind
	spaced      bool // there are spaces between the tokens

	text, size uint32 // where the glue is kept without them
}

// punctuation reads what stands between leaves byte by byte.
type punctuation struct {
	maxDepth int
	marks    *marks // of the record
	open     []byte // closing brackets of the lists and objects that are open
	glue     glue   // read last
}

// next reads the glue at an offset, which is behind a leaf unless first is set.
// It is in p.glue then.
func (p *punctuation) next(data []byte, at int, first bool) (err error) {
	p.glue = glue{start: uint32(at)}
	if at = p.space(data, at); !first {
		at, err = p.behindValue(data, at)
	}
	if err == nil && p.glue.kind != end {
		err = p.value(data, at)
	}
	return err
}

// space skips spaces, and notes that there are some.
func (p *punctuation) space(data []byte, at int) int {
	if at >= len(data) || data[at] > ' ' {
		return at
	}
	p.glue.spaced = true
	return skipSpace(data, at)
}

// plain passes what can be told to be sound at a glance: members and list
// elements that are strings or numbers, without spaces. It returns how far
// it came, which is behind a leaf like the offset given.
func (p *punctuation) plain(data []byte, at int) int {
	if len(p.open) == 0 {
		return at
	}
	named := p.open[len(p.open)-1] == '}'
	for at+1 < len(data) && data[at] == ',' {
		i := at + 1
		if named {
			if data[i] != '"' {
				return at
			}
			stop, _ := p.marks.stringEnd(data, i+1)
			if stop < 0 || stop+2 >= len(data) || data[stop+1] != ':' {
				return at
			}
			i = stop + 2
		}
		if data[i] == '"' {
			if i, _ = p.marks.stringEnd(data, i+1); i < 0 {
				return at
			}
			i++
		} else {
			var ok bool
			if i, ok = numberEnd(data, i); !ok {
				return at
			}
		}
		at = i
	}
	return at
}

// behindValue closes what ends at an offset, and moves on to the next value of
// what is still open then.
func (p *punctuation) behindValue(data []byte, at int) (int, error) {
	p.glue.stop = p.glue.start
	for len(p.open) > 0 {
		closing := p.open[len(p.open)-1]
		switch {
		case at < len(data) && data[at] == closing:
			p.open = p.open[:len(p.open)-1]
			p.glue.stop = uint32(at + 1)
			at = p.space(data, at+1)
		case at < len(data) && data[at] == ',':
			if at = p.space(data, at+1); closing == '}' {
				return p.name(data, at)
			}
			return at, nil
		case closing == '}':
			return 0, unexpected(data, at, "',' or '}' after a member")
		default:
			return 0, unexpected(data, at, "',' or ']' after a list element")
		}
	}
	p.glue.kind = end
	if at < len(data) {
		return 0, unexpected(data, at, "nothing behind the value")
	}
	return at, nil
}

// name reads a member name and the colon behind it, and finds the value.
func (p *punctuation) name(data []byte, at int) (int, error) {
	if at >= len(data) || data[at] != '"' {
		return 0, unexpected(data, at, "a member name in double quotes")
	}
	stop, _ := p.marks.stringEnd(data, at+1)
	if stop < 0 {
		return 0, stringError(data, at+1)
	}
	if at = p.space(data, stop+1); at >= len(data) || data[at] != ':' {
		return 0, unexpected(data, at, "':' after a member name")
	}
	return p.space(data, at+1), nil
}

// value goes down into the value at an offset as far as its first leaf.
func (p *punctuation) value(data []byte, at int) (err error) {
	for {
		if at >= len(data) {
			return unexpected(data, at, "")
		}
		switch c := data[at]; {
		case c == '"':
			return p.leaf(at, at+1, String)
		case c == '-' || c >= '0' && c <= '9':
			return p.leaf(at, at, Number)
		case c == 't' || c == 'f':
			return p.leaf(at, at, Bool)
		case c == 'n':
			if _, err = word(data, at, "null"); err != nil {
				return err
			}
			return p.leaf(at, at+len("null"), Null)
		case c != '{' && c != '[':
			return unexpected(data, at, "a value")
		}
		if len(p.open) == p.maxDepth {
			return &DepthError{at, p.maxDepth}
		}
		inside := p.space(data, at+1)
		closing, empty := byte('}'), EmptyObject
		if data[at] == '[' {
			closing, empty = ']', EmptyList
		}
		if inside < len(data) && data[inside] == closing {
			return p.leaf(at, inside+1, empty)
		}
		p.open = append(p.open, closing)
		if at = inside; closing == '}' {
			if at, err = p.name(data, at); err != nil {
				return err
			}
		}
	}
}

// leaf ends the glue at a leaf. What of it is known already belongs to the glue,
// which is data[at:stop]; of a string that is the quote.
func (p *punctuation) leaf(at, stop int, kind Kind) error {
	p.glue.kind, p.glue.stop = kind, uint32(stop)
	if kind != String {
		p.glue.leaf = uint32(stop - at)
	}
	return nil
}

// appendCompact appends glue without the spaces between its tokens.
func appendCompact(dst, written []byte) []byte {
	quoted := false
	for i := 0; i < len(written); i++ {
		switch c := written[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\':
			dst = append(dst, c)
			i++
		case !quoted && c <= ' ':
			continue
		}
		dst = append(dst, written[i])
	}
	return dst
}

// redo brings what is open up to date with glue that was read before.
func (p *punctuation) redo(text string) {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{':
			p.open = append(p.open, '}')
		case '[':
			p.open = append(p.open, ']')
		case '}', ']':
			p.open = p.open[:len(p.open)-1]
		case '"':
			i = nameEnd(text, i+1)
		}
	}
}

// nameEnd returns the offset of the quote that ends the name at an offset. The
// quote at the end of the glue before a string stands alone.
func nameEnd(text string, i int) int {
	for ; i < len(text) && text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i
}
