package stix

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits of what is read.
const (
	MaxSize    = 1 << 30 // bytes of all files together, decompressed
	MaxObjects = 1 << 20
)

// Reader gathers the objects of one release. Its zero value is ready to use.
type Reader struct {
	objects   map[string]*object
	relations map[string]relation // by id
	release   string              // of the collections, "" until there is one
	seen      int
	size      int64
}

type relation struct{ kind, from, to, modified string }

// Read reads a bundle, or one object that stands alone. The error names the
// file and the byte at which it is wrong.
func (r *Reader) Read(name string, in io.Reader) error {
	counted := &counter{in: in, size: &r.size}
	text, err := withoutMark(bufio.NewReader(counted))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	decoder := json.NewDecoder(text)
	before := r.seen
	if err := r.document(decoder); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("%s: the file ends at byte %d, after %d objects, in the middle of a bundle: get it again", name, decoder.InputOffset(), r.seen-before)
		}
		return fmt.Errorf("%s: byte %d, after %d objects: %w", name, decoder.InputOffset(), r.seen-before, inWords(err))
	}
	return nil
}

// withoutMark skips the mark that some editors put before a text in UTF-8.
func withoutMark(in *bufio.Reader) (*bufio.Reader, error) {
	first, _ := in.Peek(3) // what cannot be read is an error for whoever reads it
	switch {
	case bytes.HasPrefix(first, []byte("\xff\xfe")), bytes.HasPrefix(first, []byte("\xfe\xff")):
		return nil, errors.New("the file is UTF-16: write it as UTF-8")
	case string(first) == "\ufeff":
		_, _ = in.Discard(len(first))
	}
	return in, nil
}

// inWords tells of a value of a wrong type what it is about, and nothing of Go.
func inWords(err error) error {
	var wrong *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &wrong):
		return err
	case wrong.Field == "":
		return fmt.Errorf("this is a %s, and an object of STIX is wanted", wrong.Value)
	}
	return fmt.Errorf("%s is of a wrong type: %s", strings.Trim(wrong.Field, "."), wrong.Value)
}

// document reads a JSON object: a bundle by its objects, anything else as one
// object.
func (r *Reader) document(d *json.Decoder) error {
	if err := expect(d, '{'); err != nil {
		return err
	}
	single := map[string]json.RawMessage{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if key == "objects" {
			if err := r.list(d); err != nil {
				return err
			}
			single = nil
			continue
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		if single != nil {
			single[key.(string)] = value
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the bundle: one file holds one")
	}
	if single == nil || string(single["type"]) == `"bundle"` {
		return nil
	}
	return r.alone(single)
}

// alone adds an object that is no part of a bundle.
func (r *Reader) alone(properties map[string]json.RawMessage) error {
	text, err := json.Marshal(properties)
	if err != nil {
		return err
	}
	var o object
	if err := json.Unmarshal(text, &o); err != nil {
		return err
	}
	if o.Type == "" || o.ID == "" {
		return errors.New("neither a bundle nor an object of STIX: there is no type and id")
	}
	return r.add(&o)
}

func (r *Reader) list(d *json.Decoder) error {
	if err := expect(d, '['); err != nil {
		return err
	}
	for d.More() {
		var o object
		if err := d.Decode(&o); err != nil {
			return err
		}
		if err := r.add(&o); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

func expect(d *json.Decoder, open json.Delim) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	if token != open {
		return fmt.Errorf("found %v, want %v: a STIX bundle is an object with a list of objects", token, open)
	}
	return nil
}

// add keeps an object. Of two with the same id the one modified last counts, as
// folders may hold a bundle and its objects.
func (r *Reader) add(o *object) error {
	if r.seen++; r.seen > MaxObjects {
		return fmt.Errorf("more than %d objects", MaxObjects)
	}
	if err := o.check(); err != nil {
		return err
	}
	if r.objects == nil {
		r.objects, r.relations = map[string]*object{}, map[string]relation{}
	}
	switch {
	case o.Type == "relationship":
		if !relationships[o.Relationship] {
			return nil
		}
		if old, twice := r.relations[o.ID]; twice && old.modified > o.Modified {
			return nil
		}
		if !o.live() {
			delete(r.relations, o.ID)
			return nil
		}
		r.relations[o.ID] = relation{o.Relationship, o.From, o.To, o.Modified}
	case kept[o.Type]:
		if err := r.sameRelease(o); err != nil {
			return err
		}
		if old, twice := r.objects[o.ID]; twice && old.Modified > o.Modified {
			return nil
		}
		r.objects[o.ID] = o
	}
	return nil
}

// sameRelease reports a collection that names another release than one before, as in
// a folder with the bundles of several releases.
func (r *Reader) sameRelease(o *object) error {
	if o.Type != "x-mitre-collection" {
		return nil
	}
	if r.release != "" && r.release != o.Version {
		return fmt.Errorf("this is release %s, and what was read before is %s: import one release at a time", o.Version, r.release)
	}
	r.release = o.Version
	return nil
}

// counter counts what is read, over several files, and ends it at MaxSize.
type counter struct {
	in   io.Reader
	size *int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	if *c.size += int64(n); *c.size > MaxSize {
		return 0, fmt.Errorf("more than %d MiB", MaxSize>>20)
	}
	return n, err
}
