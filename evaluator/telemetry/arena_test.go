package telemetry

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A raw record keeps its text until it is released, in whatever order others are,
// and memory is used again.
func TestArena(t *testing.T) {
	t.Parallel()
	const records = 20_000
	var input strings.Builder
	text := func(i int) string {
		return fmt.Sprintf(`{"n":%d,"pad":%q}`, i, strings.Repeat("x", 100+i%300))
	}
	for i := range records {
		input.WriteString(text(i) + "\n")
		if i == 50 {
			fmt.Fprintf(&input, "{\"n\":\"large\",\"pad\":%q}\n", strings.Repeat("y", arenaSize))
		}
	}
	dice := rand.New(rand.NewPCG(1, 4))
	held := map[int]Record{}
	release := func(n int) {
		r := held[n]
		if got := string(r.Raw); got != text(n) {
			t.Fatalf("record %d is %.80s", n, got)
		}
		r.Release()
		if r.Raw != nil {
			t.Fatalf("record %d has a text after its release", n)
		}
		delete(held, n)
	}
	seen, used := 0, map[*arena]bool{}
	for r, err := range Read(t.Context(), []string{"-"}, ReadOptions{Stdin: strings.NewReader(input.String()), Raw: true, Format: "json"}) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Raw == nil || strings.Contains(string(r.Raw[:20]), "large") {
			continue
		}
		var n int
		if _, err := fmt.Sscanf(string(r.Raw), `{"n":%d,`, &n); err != nil {
			t.Fatal(err)
		}
		held[n], seen = r, seen+1
		used[r.place.arena] = true
		for len(held) > 500 || len(held) > 0 && dice.IntN(40) == 0 {
			for n := range held {
				release(n)
				break
			}
		}
	}
	for n := range held {
		release(n)
	}
	if seen < records-100 {
		t.Errorf("%d records, want nearly %d", seen, records)
	}
	// How often memory is used again is up to the pool: with -race it forgets some.
	t.Logf("%d arenas for %d KiB", len(used), records*270>>10)
}

// What waits for the release of records is counted, also where there is little else than
// what is no record: each stands for itself, and the first in an arena for all of it.
func TestSizesOfRawRecords(t *testing.T) {
	t.Parallel()
	var input strings.Builder
	for i := range 50 {
		fmt.Fprintf(&input, "{\"n\":%d}\n{\"n\":%d}\n%s\n", i, i, strings.Repeat("no record ", arenaSize/20))
	}
	sizes, records, used := 0, 0, map[*arena]bool{}
	for r, err := range Read(t.Context(), []string{"-"}, ReadOptions{Stdin: strings.NewReader(input.String()), Raw: true, Format: "json"}) {
		if err != nil || r.Raw == nil {
			continue
		}
		sizes, records = sizes+r.Size(), records+1
		used[r.place.arena] = true
	}
	held := 0
	for a := range used {
		held += len(a.all)
	}
	if records < 40 || held < 20*arenaSize || sizes < held {
		t.Errorf("%d records of %d bytes hold %d", records, sizes, held)
	}
}

// Many small sources share memory, and those of which all records are released use the
// same again.
func TestSmallSourcesShareMemory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var sources []string
	for i := range 300 {
		sources = append(sources, filepath.Join(dir, fmt.Sprintf("%03d.json", i)))
		text := strings.Repeat(fmt.Sprintf("{\"n\":%d}\n", i), 100)
		if err := os.WriteFile(sources[i], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, release := range []bool{false, true} {
		used := map[*arena]bool{}
		var held []Record
		for r, err := range Read(t.Context(), sources, ReadOptions{Raw: true}) {
			if err != nil {
				t.Fatal(err)
			}
			if r.Raw == nil {
				continue
			}
			used[r.place.arena] = true
			if release {
				r.Release()
			} else {
				held = append(held, r)
			}
		}
		if most := 300*1200/(arenaSize-leastRoom) + 2; len(used) > most || release && len(used) > 1 {
			t.Errorf("%d arenas, released %v", len(used), release)
		}
		for _, r := range held {
			if want := fmt.Sprintf(`{"n":%d}`, numberOf(t, r)); string(r.Raw) != want {
				t.Fatalf("%s: %s, want %s", r.Source, r.Raw, want)
			}
		}
	}
}

// numberOf returns the number of the file of a record.
func numberOf(t *testing.T, r Record) (n int) {
	if _, err := fmt.Sscanf(filepath.Base(r.Source), "%03d.json", &n); err != nil {
		t.Fatal(err)
	}
	return n
}
