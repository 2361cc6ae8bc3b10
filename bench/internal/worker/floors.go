package worker

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/socctl/socctl/evaluator/shape"
)

// Floor is work on every line below which no engine can be: what reading alone
// costs.
type Floor struct {
	Name, Title string

	// Line reads one line; an error ends the run. It is made anew for each run,
	// so that it may remember what it saw.
	Line func() func([]byte) error
}

// Floors lists all floors of this build.
func Floors() []Floor {
	return append([]Floor{
		{"newlines", "count lines", func() func([]byte) error { return func([]byte) error { return nil } }},
		{"valid", "validate (encoding/json)", func() func([]byte) error { return validate }},
		{"scan", "read shapes and leaves (our own scanner)", func() func([]byte) error {
			s := shape.NewScanner(shape.Options{MaxNodes: 1 << 18})
			return func(line []byte) error { _, _, err := s.Scan(line); return err }
		}},
		{"tokens", "read tokens (encoding/json)", func() func([]byte) error { return tokens }},
	}, experimental()...)
}

var errInvalid = errors.New("invalid JSON")

func validate(line []byte) error {
	if !json.Valid(line) {
		return errInvalid
	}
	return nil
}

func tokens(line []byte) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	for {
		if _, err := d.Token(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// least is how long a floor is measured: it is run over its input until then,
// since counting lines takes less than what a clock can tell.
const least = 200 * time.Millisecond

// RunFloor measures a floor. The input is in memory before.
func RunFloor(job Job) (*Report, error) {
	for _, f := range Floors() {
		if f.Name == job.Engine {
			return f.run(job.Paths)
		}
	}
	return nil, fmt.Errorf("no floor %q in this build", job.Engine)
}

func (f Floor) run(paths []string) (*Report, error) {
	r := &Report{}
	var data []byte
	for _, path := range paths {
		more, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		data = append(data, more...)
	}
	watch := Start()
	for begin := time.Now(); time.Since(begin) < least; {
		n, err := f.once(data)
		if err != nil {
			return nil, err
		}
		r.Events += n
		r.Bytes += int64(len(data))
	}
	watch.Stop(r)
	return r, nil
}

func (f Floor) once(data []byte) (int, error) {
	read, n := f.Line(), 0
	for len(data) > 0 {
		end := bytes.IndexByte(data, '\n') + 1
		if end == 0 {
			end = len(data)
		}
		if err := read(data[:end]); err != nil {
			return n, fmt.Errorf("line %d: %w", n+1, err)
		}
		n++
		data = data[end:]
	}
	return n, nil
}
