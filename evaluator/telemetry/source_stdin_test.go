package telemetry

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"
)

// TestInterruptedWhileSilent: reading ends when its context is done, also while nothing
// comes from standard input.
func TestInterruptedWhileSilent(t *testing.T) {
	t.Parallel()
	const record = `type=SYSCALL msg=audit(1700000000.123:42): arch=c000003e syscall=59`
	for text, want := range map[string]int{"": 0, `{"a":1}` + "\n": 1, record + "\n" + record + "\n": 1} {
		in, out := io.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			io.WriteString(out, text)
			cancel()
		}()
		ended := make(chan int)
		go func() {
			n := 0
			for range Read(ctx, []string{"-"}, ReadOptions{Stdin: in}) {
				n++
			}
			ended <- n
		}()
		select {
		case n := <-ended:
			if n > want {
				t.Errorf("%q: %d records and problems, want no more than %d", text, n, want)
			}
		case <-time.After(10 * time.Second):
			t.Errorf("%q: reading goes on", text)
		}
		out.Close()
	}
}

// TestStdinAsked: no more is read from standard input than is asked for, in any pieces.
func TestStdinAsked(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("0123456789", 20_000)
	in := interruptible(t.Context(), strings.NewReader(text))
	defer in.close()
	var got strings.Builder
	for size := 1; ; size = size*3%70_001 + 1 {
		p := make([]byte, size)
		n, err := in.Read(p)
		got.Write(p[:n])
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if got.String() != text {
		t.Errorf("read %d bytes, want %d, or not the same", got.Len(), len(text))
	}
}
