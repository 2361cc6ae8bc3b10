package record

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// A replay of one file with many hits ends soon after it is interrupted.
func TestReplayInterrupted(t *testing.T) {
	t.Parallel()
	var records []string
	for i := range 2000 {
		records = append(records, fmt.Sprintf(`{"Channel":"Security","EventID":4688,"NewProcessName":"C:\\a.exe","n":%d}`, i))
	}
	dir, _ := oneFile(t, records...)
	p := compiled(t, "title: a\nlogsource: {category: process_creation, product: windows}\ndetection: {s: {Image|endswith: a.exe}, condition: s}")
	for _, cache := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		visited := 0
		err := Replay(ctx, dir, p, ReplayOptions{Workers: 1, Cache: cache, Visit: func(*Hit) error {
			visited++
			cancel()
			return nil
		}}, func(*Replayed) error {
			t.Error("a file is told of that was not finished")
			return nil
		})
		if !errors.Is(err, context.Canceled) || visited != 1 {
			t.Errorf("with a cache %t: %d hits visited: %v", cache, visited, err)
		}
	}
}

// What rewrites a recording, or reads all of it, ends soon after it is interrupted, wherever it is: before
// a record, and before a file is written. The recording stays as it was.
func TestRewriteInterrupted(t *testing.T) {
	t.Parallel()
	dir, _ := oneFile(t, `{"a":"1"}`, `{"a":"2"}`, `{"a":"3"}`)
	before, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	for asked := range 4 {
		if _, err := Redact(&endsAfter{t.Context(), asked}, dir, Options{}, Redaction{Drop: []string{"a"}}); !errors.Is(err, context.Canceled) {
			t.Errorf("asked %d times: %v", asked, err)
		}
		if after, err := ReadManifest(dir); err != nil || after.Files[0].Path != before.Files[0].Path {
			t.Errorf("asked %d times, the recording is another one: %v", asked, err)
		}
		if problems, err := Verify(t.Context(), dir); err != nil || len(problems) > 0 {
			t.Errorf("asked %d times, the recording is damaged: %v %v", asked, problems, err)
		}
	}
	if _, err := Verify(&endsAfter{t.Context(), 1}, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("Verify: %v", err)
	}
}

// endsAfter is a context that ends when it was asked a number of times.
type endsAfter struct {
	context.Context
	times int
}

func (e *endsAfter) Err() error {
	if e.times--; e.times < 0 {
		return context.Canceled
	}
	return nil
}
