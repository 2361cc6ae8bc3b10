package lsp

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/socctl/socctl/rules"
)

// Limits of a message. JSON may need six bytes for one of a file.
const (
	maxMessage = 6*rules.MaxFileSize + 1<<20
	maxHeader  = 4096 // bytes of one line
)

// frames is a stream of messages, each behind a header with its length. It reads
// over what is no header, and over messages that are too long.
type frames struct {
	in  *bufio.Reader
	out io.WriteCloser
	log func(format string, args ...any)

	unanswered unanswered
	done       <-chan struct{} // ends the wait for answers at the end of the input
	patience   time.Duration   // so does this
}

// Send implements channel.Channel.
func (f *frames) Send(message []byte) error {
	_, err := f.out.Write(fmt.Appendf(nil, "Content-Length: %d\r\n\r\n%s", len(message), message))
	f.unanswered.sent(message, err)
	return err
}

// Recv implements channel.Channel. The end of the input is told when everything
// that was asked before it is answered.
func (f *frames) Recv() ([]byte, error) {
	message, err := f.next()
	if err != nil {
		f.unanswered.wait(f.done, f.patience)
		return nil, err
	}
	f.unanswered.read(message)
	return message, nil
}

// next reads the next message.
func (f *frames) next() ([]byte, error) {
	for {
		size, err := f.header()
		switch {
		case err != nil:
			return nil, err
		case size < 0:
			continue
		case size > maxMessage:
			f.log("a message of %d bytes is longer than %d: passed over", size, maxMessage)
			if _, err := io.CopyN(io.Discard, f.in, int64(size)); err != nil {
				return nil, err
			}
			continue
		}
		// Grows with what arrives, not with what the header promises.
		message, err := io.ReadAll(io.LimitReader(f.in, int64(size)))
		if err == nil && len(message) < size {
			err = io.ErrUnexpectedEOF
		}
		return message, err
	}
}

// header reads up to an empty line and returns the length, -1 if there was none.
func (f *frames) header() (size int, err error) {
	size = -1
	for {
		line, err := f.line()
		if err != nil {
			return 0, err
		}
		if line == "" {
			return size, nil
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			f.log("no header line: %.80q", line)
			continue
		}
		if strings.EqualFold(strings.TrimSpace(name), "content-length") {
			n, err := strconv.Atoi(strings.TrimSpace(value))
			if err != nil || n < 0 {
				f.log("no length of a message: %.80q", line)
				continue
			}
			size = n
		}
	}
}

// line reads a line, of which it keeps no more than maxHeader bytes.
func (f *frames) line() (string, error) {
	var kept []byte
	for {
		part, err := f.in.ReadSlice('\n')
		kept = append(kept, part[:min(len(part), maxHeader-len(kept))]...)
		if err == nil {
			return strings.TrimRight(string(kept), "\r\n"), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return "", err
		}
	}
}

// Close implements channel.Channel.
func (f *frames) Close() error { return f.out.Close() }
