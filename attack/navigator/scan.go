package navigator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// value is a text of a layer with the place where it stands, quotes included.
type value struct {
	text     string
	from, to int
}

// entry is what a layer says of a technique.
type entry struct{ id, tactic value }

// layer is what migration needs of a layer.
type layer struct {
	name, domain, format, release value
	techniques                    []entry
}

// scanner reads the tokens of a file and knows where they stand.
type scanner struct {
	source  []byte
	decoder *json.Decoder
}

func newScanner(source []byte) *scanner {
	return &scanner{source, json.NewDecoder(strings.NewReader(string(source)))}
}

// next returns a token and where it begins and ends.
func (s *scanner) next() (token json.Token, from, to int, err error) {
	from = int(s.decoder.InputOffset())
	for from < len(s.source) && strings.IndexByte(" \t\r\n,:", s.source[from]) >= 0 {
		from++
	}
	token, err = s.decoder.Token()
	return token, from, int(s.decoder.InputOffset()), err
}

// skip reads a value of any kind.
func (s *scanner) skip() error {
	var raw json.RawMessage
	return s.decoder.Decode(&raw)
}

// text reads a value that has to be a text or a number; of others it is empty.
func (s *scanner) text(into *value) error {
	token, from, to, err := s.next()
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case string:
		*into = value{token, from, to}
	case float64:
		*into = value{string(s.source[from:to]), from, to}
	case json.Delim:
		return fmt.Errorf("found %v, want a text", token)
	}
	return nil
}

// object reads an object and calls read for each of its keys, which has to read
// the value.
func (s *scanner) object(read func(key string) error) error {
	if err := s.open('{'); err != nil {
		return err
	}
	for s.decoder.More() {
		token, err := s.decoder.Token()
		if err != nil {
			return err
		}
		if err := read(token.(string)); err != nil {
			return err
		}
	}
	_, err := s.decoder.Token()
	return err
}

func (s *scanner) list(read func() error) error {
	if err := s.open('['); err != nil {
		return err
	}
	for s.decoder.More() {
		if err := read(); err != nil {
			return err
		}
	}
	_, err := s.decoder.Token()
	return err
}

func (s *scanner) open(want json.Delim) error {
	token, _, _, err := s.next()
	if err == nil && token != want {
		err = fmt.Errorf("found %v, want %v", token, want)
	}
	return err
}

// layers reads a file that holds a layer or a list of them. The error tells where
// it ends to be understood.
func layers(source []byte) (all []layer, err error) {
	s := newScanner(source)
	if strings.HasPrefix(strings.TrimLeft(string(source), " \t\r\n"), "[") {
		err = s.list(func() error {
			l, err := s.layer()
			all = append(all, l)
			return err
		})
	} else {
		var l layer
		l, err = s.layer()
		all = append(all, l)
	}
	if err == nil {
		if _, _, _, err = s.next(); errors.Is(err, io.EOF) {
			return all, nil
		}
		err = errors.New("something follows the layer")
	}
	line, column := position(source, int(s.decoder.InputOffset()))
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the file ends in the middle of a layer")
	}
	return nil, fmt.Errorf("%d:%d: %w", line, column, err)
}

func (s *scanner) layer() (l layer, err error) {
	err = s.object(func(key string) error {
		switch key {
		case "name":
			return s.text(&l.name)
		case "domain":
			return s.text(&l.domain)
		case "version": // of layers before 4
			return s.text(&l.format)
		case "versions":
			return s.object(func(key string) error {
				switch key {
				case "layer":
					return s.text(&l.format)
				case "attack":
					return s.text(&l.release)
				}
				return s.skip()
			})
		case "techniques":
			return s.list(func() error {
				e, err := s.entry()
				l.techniques = append(l.techniques, e)
				return err
			})
		}
		return s.skip()
	})
	return l, err
}

func (s *scanner) entry() (e entry, err error) {
	err = s.object(func(key string) error {
		switch key {
		case "techniqueID":
			return s.text(&e.id)
		case "tactic":
			return s.text(&e.tactic)
		}
		return s.skip()
	})
	return e, err
}

// position returns line and column of an offset, both from 1, the column in bytes.
func position(source []byte, offset int) (line, column int) {
	before := string(source[:min(offset, len(source))])
	return strings.Count(before, "\n") + 1, len(before) - strings.LastIndex(before, "\n")
}
