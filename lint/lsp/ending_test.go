package lsp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/socctl/socctl/lint/lsp"
)

// framed writes messages as they come over the wire.
func framed(messages ...string) string {
	var b strings.Builder
	for _, m := range messages {
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(m), m)
	}
	return b.String()
}

type written struct{ bytes.Buffer }

func (*written) Close() error { return nil }

var answeredID = regexp.MustCompile(`"id":("?\w+"?)`)

// Whatever was asked before the input ended is answered, even if all came at once.
func TestAnswersBeforeTheEnd(t *testing.T) {
	session := []string{`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}`, `{"jsonrpc":"2.0","method":"initialized","params":{}}`}
	want := "1"
	for n := 2; n < 40; n++ {
		session = append(session, fmt.Sprintf(`{"jsonrpc":"2.0","id":"q%d","method":"workspace/symbol","params":{"query":"x"}}`, n))
		want += fmt.Sprintf(` "q%d"`, n)
	}
	for name, end := range map[string]string{"": "", "and shutdown": framed(`{"jsonrpc":"2.0","id":99,"method":"shutdown"}`), "in a message": "Content-Length: 99\r\n\r\n{"} {
		t.Run(name, func(t *testing.T) {
			out := &written{}
			began := time.Now()
			err := lsp.Serve(context.Background(), strings.NewReader(framed(session...)+end), out, lsp.Options{Checks: builtIn})
			if err != nil && !errors.Is(err, lsp.ErrNoShutdown) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Error(err)
			}
			got := map[string]bool{}
			for _, m := range answeredID.FindAllStringSubmatch(out.String(), -1) {
				got[m[1]] = true
			}
			for id := range strings.FieldsSeq(want) {
				if !got[id] {
					t.Errorf("%s is not answered", id)
				}
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

// A request that is never answered does not keep the server.
func TestEndIsBounded(t *testing.T) {
	began := time.Now()
	in := framed(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}`, `{"jsonrpc":"2.0","id":{"no":"id"},"method":"shutdown"}`)
	err := lsp.Serve(context.Background(), strings.NewReader(in), &written{}, lsp.Options{Checks: builtIn, Patience: 50 * time.Millisecond})
	if took := time.Since(began); !errors.Is(err, lsp.ErrNoShutdown) || took > 5*time.Second {
		t.Errorf("took %s, %v", took, err)
	}
}
