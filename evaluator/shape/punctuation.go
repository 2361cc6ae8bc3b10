package shape

// maxGlue is how long the text between two leaves may be for a shape to be
// remembered.
const maxGlue = 4 << 10

// glue is what stands between a leaf and the next: punctuation, names, spaces.
// It also decides the kind of the next leaf, and holds those whose kind is all
// there is to know.
type glue struct {
	start, stop int // offsets into the record; the next leaf starts or stops at stop
	text        int // offset into punctuation.text of what is written without spaces
	size        int // and how long that is
	kind        Kind
	leaf        int // length of the leaf, if it is within the glue
}

// punctuation reads what stands between leaves byte by byte.
type punctuation struct {
	maxDepth int
	open     []byte // closing brackets of the lists and objects that are open
	text     []byte // the glue read so far, without spaces
	glue     glue   // being read
	keep     bool   // text is to be kept; false when it grows too long
}

// forget drops the text of all glue.
func (p *punctuation) forget() {
	p.text, p.keep = p.text[:0], true
}

// next reads the glue at an offset, which is behind a leaf unless first is set.
func (p *punctuation) next(data []byte, at int, first bool) (glue, error) {
	p.glue = glue{start: at, text: len(p.text)}
	var err error
	at = skipSpace(data, at)
	if !first {
		at, err = p.behindValue(data, at)
	}
	if err == nil && p.glue.kind != end {
		err = p.value(data, at)
	}
	p.glue.size = len(p.text) - p.glue.text
	return p.glue, err
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
			stop, _ := stringEnd(data, i+1)
			if stop < 0 || stop+2 >= len(data) || data[stop+1] != ':' {
				return at
			}
			i = stop + 2
		}
		if data[i] == '"' {
			if i, _ = stringEnd(data, i+1); i < 0 {
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
			p.put(data[at : at+1])
			p.glue.stop = at + 1
			at = skipSpace(data, at+1)
		case at < len(data) && data[at] == ',':
			p.put(data[at : at+1])
			if at = skipSpace(data, at+1); closing == '}' {
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
	stop, _, err := scalar(data, at+1, String)
	if err != nil {
		return 0, err
	}
	p.put(data[at : stop+1])
	if at = skipSpace(data, stop+1); at >= len(data) || data[at] != ':' {
		return 0, unexpected(data, at, "':' after a member name")
	}
	p.put(data[at : at+1])
	return skipSpace(data, at+1), nil
}

// value goes down into the value at an offset as far as its first leaf.
func (p *punctuation) value(data []byte, at int) (err error) {
	for {
		if at >= len(data) {
			return unexpected(data, at, "")
		}
		switch c := data[at]; {
		case c == '"':
			return p.leaf(data, at, at+1, String)
		case c == '-' || c >= '0' && c <= '9':
			return p.leaf(data, at, at, Number)
		case c == 't' || c == 'f':
			return p.leaf(data, at, at, Bool)
		case c == 'n':
			if _, err = word(data, at, "null"); err != nil {
				return err
			}
			return p.leaf(data, at, at+len("null"), Null)
		case c != '{' && c != '[':
			return unexpected(data, at, "a value")
		}
		if len(p.open) == p.maxDepth {
			return &DepthError{at, p.maxDepth}
		}
		inside := skipSpace(data, at+1)
		closing, empty := byte('}'), EmptyObject
		if data[at] == '[' {
			closing, empty = ']', EmptyList
		}
		if inside < len(data) && data[inside] == closing {
			return p.leaf(data, at, inside+1, empty)
		}
		p.open = append(p.open, closing)
		p.put(data[at : at+1])
		if at = inside; closing == '}' {
			if at, err = p.name(data, at); err != nil {
				return err
			}
		}
	}
}

// leaf ends the glue at a leaf, of which data[at:stop] belongs to it.
func (p *punctuation) leaf(data []byte, at, stop int, kind Kind) error {
	p.glue.kind, p.glue.stop = kind, stop
	switch kind {
	case String, Number, Bool:
		p.put(data[at:stop])
		return nil
	case Null:
		p.put(data[at:stop])
	default:
		p.put(data[at : at+1])
		p.put(data[stop-1 : stop])
	}
	p.glue.leaf = stop - at
	return nil
}

// put keeps a piece of glue.
func (p *punctuation) put(piece []byte) {
	if p.keep && len(p.text)-p.glue.text+len(piece) > maxGlue {
		p.keep = false
	}
	if p.keep {
		p.text = append(p.text, piece...)
	}
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
