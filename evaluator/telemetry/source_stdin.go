package telemetry

import (
	"context"
	"io"
	"os"
)

// standardInput reads from in until the context is done.
func (r *reader) standardInput(in io.Reader) bool {
	if f, ok := in.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			return r.stream("-", f, 0) // is never silent, and an archive can be searched
		}
	}
	s := interruptible(r.ctx, in)
	defer s.close()
	return r.stream("-", s, 0)
}

// stdin is standard input, of which a read ends when the context is done: a program
// that is silent keeps nobody from ending. What is read then is lost.
type stdin struct {
	ctx   context.Context
	asks  chan struct{}
	reads chan stdinRead
	rest  stdinRead // what was read and not given out
}

type stdinRead struct {
	data []byte
	err  error
}

// interruptible returns in as a reader that close must end.
func interruptible(ctx context.Context, in io.Reader) *stdin {
	s := &stdin{ctx: ctx, asks: make(chan struct{}), reads: make(chan stdinRead, 1)}
	go s.serve(in)
	return s
}

// serve reads whenever it is asked to. The buffer is its own until the read is
// there, and the asker's until the next one.
func (s *stdin) serve(in io.Reader) {
	buffer := make([]byte, inputSize)
	for range s.asks {
		n, err := in.Read(buffer)
		s.reads <- stdinRead{buffer[:n], err}
	}
}

func (s *stdin) close() { close(s.asks) }

func (s *stdin) Read(p []byte) (int, error) {
	if len(s.rest.data) == 0 && s.rest.err == nil {
		if err := s.ask(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.rest.data)
	if s.rest.data = s.rest.data[n:]; len(s.rest.data) > 0 {
		return n, nil
	}
	err := s.rest.err
	s.rest.err = nil
	return n, err
}

// ask waits for the next read, or for the end of the context, after which nobody asks
// again.
func (s *stdin) ask() error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	s.asks <- struct{}{}
	select {
	case <-s.ctx.Done():
		return s.ctx.Err()
	case s.rest = <-s.reads:
		return nil
	}
}
