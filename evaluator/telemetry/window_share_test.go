package telemetry

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// Readers that work at the same time lend each other memory, but none that one of them still
// copies from: records for which the window grows, or moves on, are those of the input.
func TestWindowsOfManyReaders(t *testing.T) {
	t.Parallel()
	var readers sync.WaitGroup
	for n := range 8 {
		readers.Go(func() {
			line := fmt.Sprintf(`{"a":"%s"}`, strings.Repeat(string(rune('a'+n)), firstWindow-1))
			in := strings.Repeat(line+"\n", 5)
			for range 20 {
				records := 0
				for r, err := range Read(t.Context(), []string{"-"}, ReadOptions{Format: "json", Stdin: strings.NewReader(in)}) {
					if err != nil {
						t.Error(err)
						return
					}
					if text, _ := r.Value.Member("a"); text.Text() != line[6:len(line)-2] {
						t.Errorf("record %d of reader %d is another one", r.Index, n)
						return
					}
					records++
				}
				if records != 5 {
					t.Errorf("%d records, want 5", records)
				}
			}
		})
	}
	readers.Wait()
}
