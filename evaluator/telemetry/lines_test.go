package telemetry

import (
	"io"
	"strings"
	"testing"
)

// TestTableFromPipe reads a table whose lines arrive one by one, as from a program
// that is still writing or from a stream that was compressed line by line.
func TestTableFromPipe(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"rows":      "Time,Host\n2026-01-02T03:04:05Z,a\n2026-01-02T03:04:06Z,b\n",
		"long row":  "Time,Host\n2026-01-02T03:04:05Z," + strings.Repeat("a", 3*inputSize) + "\n",
		"last line": "Time,Host\n2026-01-02T03:04:05Z,a",
		"windows":   "Time,Host\r\n2026-01-02T03:04:05Z,a\r\n",
		"no table":  "Time,Host\n",
		"not UTF-8": "Time,H\xf6st\n2026-01-02T03:04:05Z,\xe4\n",
	} {
		in, out := io.Pipe()
		go func() {
			for line := range strings.SplitAfterSeq(text, "\n") {
				io.WriteString(out, line)
			}
			out.Close()
		}()
		want := transcript(t, ReadOptions{Stdin: strings.NewReader(text)})
		if got := transcript(t, ReadOptions{Stdin: in}); got != want {
			t.Errorf("%s: from a pipe %.300s\nat once %.300s", name, got, want)
		}
	}
}

// TestMarksInFront tells the format behind several byte order marks, as files have that
// were put together with an empty one.
func TestMarksInFront(t *testing.T) {
	t.Parallel()
	const mark = "\ufeff"
	for text, want := range map[string]string{
		`{"a":1}`:                 `{"a":1}`,
		"[\n" + mark + `{"a":1}]`: `{"a":1}`,
		"<Event><System><EventID>3</EventID></System></Event>": `{"Event":{"System":{"EventID":3}}}`,
	} {
		if got := transcript(t, ReadOptions{Stdin: strings.NewReader(mark + mark + " \n" + mark + text)}); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
