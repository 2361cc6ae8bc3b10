//go:build unix

package record

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/socctl/socctl/evaluator/telemetry"
)

// childEnv tells the test binary to be a process that writes to a recording.
const childEnv = "SOCCTL_RECORD_CHILD"

func TestMain(m *testing.M) {
	if work := os.Getenv(childEnv); work != "" {
		if err := child(strings.Split(work, "|")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child adds events to a folder, or compacts it.
func child(work []string) error {
	o := Options{Memory: 1 << 20}
	switch work[0] {
	case "compact":
		_, _, err := Compact(context.Background(), work[1], o)
		return err
	case "cache":
		return Replay(context.Background(), work[1], childProgram(), ReplayOptions{Cache: true, Workers: 1}, func(*Replayed) error { return nil })
	}
	w, err := Create(work[1], o)
	if err != nil {
		return err
	}
	for i := range childRows {
		text := fmt.Sprintf(`{"Channel":"Security","EventID":%d,"TimeCreated":"2026-01-%02dT03:04:05Z","n":%d,"text":"some text %d that takes room"}`, 4600+i%40, 1+i%5, i, i)
		v, _ := telemetry.DecodeJSON(text)
		if err := w.Add(telemetry.Record{Source: work[0], Index: i, Value: v}); err != nil {
			return errors.Join(err, w.Abort())
		}
	}
	return w.Commit()
}

const childRows = 9000

// A recording survives that who writes to it is killed at any moment: what was
// committed is sound, and what was not is not there.
func TestKill(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "rec")
	took := map[string]time.Duration{} // until work was done when it was not killed
	run := func(work string, kill time.Duration) (killed bool) {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+work+"|"+dir)
		var problems strings.Builder
		cmd.Stderr = &problems
		begin, done, late := time.Now(), make(chan error, 1), make(<-chan time.Time)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		go func() { done <- cmd.Wait() }()
		if kill > 0 {
			late = time.After(kill)
		}
		var err error
		select {
		case err = <-done:
			if err != nil {
				t.Errorf("%s: %v: %s", work, err, problems.String())
			}
			took[work] = time.Since(begin)
		case <-late:
			_ = cmd.Process.Kill()
			err = <-done
		}
		return err != nil
	}
	begin := time.Now()
	run("first", 0)
	rows := childRows
	dice := rand.New(rand.NewPCG(uint64(begin.UnixNano()), 1))
	stopped, rounds := 0, 0
	for ; stopped < kills && rounds < 10*kills; rounds++ {
		work := []string{"add", "cache", "compact", "cache"}[rounds%4]
		if took[work] == 0 {
			took[work] = took["first"]
		}
		if run(work, time.Duration(1+dice.Int64N(int64(took[work])))) {
			stopped++
		}
		m, err := ReadManifest(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Rows(); got != rows && (work != "add" || got != rows+childRows) {
			t.Fatalf("%d rows after %s, want %d or %d", got, work, rows, rows+childRows)
		} else {
			rows = got
		}
		if rows > 10*childRows { // begin anew, so that looking at all does not take ever longer
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			run("first", 0)
			rows = childRows
			continue
		}
		if plain, cached := childHits(t, dir, false), childHits(t, dir, true); plain != rows/40 || cached != plain {
			t.Fatalf("after %s: %d hits, %d with the cache, want %d", work, plain, cached, rows/40)
		}
		problems, err := Verify(t.Context(), dir)
		if err != nil || len(problems) > 0 {
			t.Fatalf("after %s: %v %v", work, err, problems)
		}
	}
	run("last", 0)
	run("compact", 0)
	m, err := ReadManifest(dir)
	if err != nil || m.Rows() != rows+childRows {
		t.Fatalf("%d rows at last, want %d: %v", m.Rows(), rows+childRows, err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*", "*", "*"))
	if err != nil || len(left) != 2*len(m.Files) { // each with its index
		t.Errorf("%d files in the folder, want %d", len(left), 2*len(m.Files))
	}
	t.Logf("killed %d times of %d", stopped, rounds)
	if stopped < kills {
		t.Errorf("killed %d times of %d, want %d", stopped, rounds, kills)
	}
}
