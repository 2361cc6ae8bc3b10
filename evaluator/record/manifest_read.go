package record

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// read reads a manifest. Where a few rules are replayed, of which the indexes tell that they
// find nothing, reading the manifest takes most of the time.
func (m *Manifest) read(text []byte) error {
	if r := (plainReader{rest: alias(text)}); utf8.Valid(text) && r.manifest(m) {
		return nil
	}
	*m = Manifest{}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(m)
}

// encode writes a manifest down, a line for each file.
func (m *Manifest) encode() ([]byte, error) {
	out := strconv.AppendInt([]byte(`{"schema":`), int64(m.Schema), 10)
	out, err := appendLines(append(out, `,"files":`...), m.Files)
	if err == nil && len(m.Inputs) > 0 {
		out, err = appendLines(append(out, `,"inputs":`...), m.Inputs)
	}
	return append(out, "}\n"...), err
}

func appendLines[T any](to []byte, items []T) ([]byte, error) {
	to = append(to, '[')
	for i := range items {
		text, err := json.Marshal(&items[i])
		if err != nil {
			return nil, err
		}
		if i > 0 {
			to = append(to, ',')
		}
		to = append(append(to, '\n'), text...)
	}
	return append(to, "\n]"...), nil
}

// plainReader reads JSON as this package writes it, with or without white space. Of whatever
// else JSON may be it says nothing: that is for the json package, which also says what is
// wrong.
type plainReader struct {
	rest string
	odd  bool // it is something else
}

// manifest reports whether a manifest was read.
func (r *plainReader) manifest(m *Manifest) bool {
	r.object(func(key string) {
		switch key {
		case "schema":
			m.Schema = int(r.number())
		case "files":
			m.Files = []File{}
			r.list(func() { m.Files = append(m.Files, r.file()) })
		case "inputs":
			m.Inputs = []Input{}
			r.list(func() { m.Inputs = append(m.Inputs, r.input()) })
		default:
			r.odd = true
		}
	})
	r.space()
	return !r.odd && r.rest == ""
}

func (r *plainReader) file() (f File) {
	r.object(func(key string) {
		switch key {
		case "path":
			f.Path = r.text()
		case "day":
			f.Day = r.text()
		case "view":
			f.View = r.text()
		case "rows":
			f.Rows = int(r.number())
		case "first":
			f.First = r.time()
		case "last":
			f.Last = r.time()
		case "bytes":
			f.Bytes = r.number()
		case "sha256":
			f.SHA256 = r.text()
		case "footer":
			f.Footer = r.footer()
		case "sources":
			f.Sources = map[string]int{}
			r.object(func(source string) {
				_, twice := f.Sources[source]
				r.odd = r.odd || twice
				f.Sources[source] = int(r.number())
			})
		case "routing":
			f.Routing = r.text()
		case "routes":
			f.Routes = []Route{}
			r.list(func() { f.Routes = append(f.Routes, r.route()) })
		case "index":
			f.Index = r.index()
		default:
			r.odd = true
		}
	})
	return f
}

func (r *plainReader) route() (of Route) {
	r.object(func(key string) {
		switch key {
		case "logsources":
			of.Logsources = r.text()
		case "rows":
			of.Rows = int(r.number())
		case "undated":
			of.Undated = int(r.number())
		case "first":
			of.First = r.time()
		case "last":
			of.Last = r.time()
		default:
			r.odd = true
		}
	})
	return of
}

func (r *plainReader) index() *Index {
	x := &Index{}
	r.object(func(key string) {
		switch key {
		case "head":
			x.Head = int(r.number())
		case "bytes":
			x.Bytes = int(r.number())
		case "sha256":
			x.SHA256 = r.text()
		default:
			r.odd = true
		}
	})
	return x
}

func (r *plainReader) footer() *Footer {
	x := &Footer{}
	r.object(func(key string) {
		switch key {
		case "bytes":
			x.Bytes = int(r.number())
		case "sha256":
			x.SHA256 = r.text()
		default:
			r.odd = true
		}
	})
	return x
}

func (r *plainReader) input() (in Input) {
	r.object(func(key string) {
		switch key {
		case "path":
			in.Path = r.text()
		case "bytes":
			in.Bytes = r.number()
		case "sha256":
			in.SHA256 = r.text()
		default:
			r.odd = true
		}
	})
	return in
}

func (r *plainReader) space() {
	at := 0
	for at < len(r.rest) && strings.IndexByte(" \n\r\t", r.rest[at]) >= 0 {
		at++
	}
	r.rest = r.rest[at:]
}

// next takes a byte if it comes next.
func (r *plainReader) next(c byte) bool {
	r.space()
	if r.odd || r.rest == "" || r.rest[0] != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

// must takes a byte.
func (r *plainReader) must(c byte) {
	if !r.next(c) {
		r.odd = true
	}
}

// object reads an object, whose keys must differ as far as they can be known. member reads
// the value of a key.
func (r *plainReader) object(member func(key string)) {
	r.must('{')
	if r.next('}') {
		return
	}
	var keys [maxPlainKeys]string
	for n := 0; !r.odd; n++ {
		key := r.text()
		if slices.Contains(keys[:min(n, len(keys))], key) {
			r.odd = true
			return
		}
		if n < len(keys) {
			keys[n] = key
		}
		r.must(':')
		member(key)
		if !r.next(',') {
			r.must('}')
			return
		}
	}
}

// maxPlainKeys is how many keys are compared: more than can be known.
const maxPlainKeys = 32

func (r *plainReader) list(item func()) {
	r.must('[')
	if r.next(']') {
		return
	}
	for !r.odd {
		item()
		if !r.next(',') {
			r.must(']')
			return
		}
	}
}

func (r *plainReader) text() string {
	r.space()
	text, rest, ok := plainText(r.rest)
	if !ok || r.odd {
		r.odd = true
		return ""
	}
	r.rest = rest
	return text
}

// maxPlainDigits is how long numbers are that fit for sure.
const maxPlainDigits = 18

func (r *plainReader) number() int64 {
	r.space()
	at := 0
	for at < len(r.rest) && r.rest[at] >= '0' && r.rest[at] <= '9' {
		at++
	}
	if r.odd || at == 0 || at > maxPlainDigits || at > 1 && r.rest[0] == '0' || at == len(r.rest) || strings.IndexByte(",}] \n\r\t", r.rest[at]) < 0 {
		r.odd = true
		return 0
	}
	n, err := strconv.ParseInt(r.rest[:at], 10, 64)
	r.rest, r.odd = r.rest[at:], err != nil
	return n
}

func (r *plainReader) time() *time.Time {
	r.space()
	before := len(r.rest)
	text := r.text()
	t := &time.Time{}
	if before-len(r.rest) != len(text)+len(`""`) || t.UnmarshalText(bytesOf(text)) != nil {
		r.odd = true // escapes are none that a time may have
	}
	return t
}
