package lanes

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
)

func written(t *testing.T, l Lane, n int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := l.Write(&out, n); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func generated() (out []Lane) {
	for _, l := range All() {
		if l.generate != nil {
			out = append(out, l)
		}
	}
	return out
}

func TestSameSeedSameBytes(t *testing.T) {
	for _, l := range generated() {
		a, b := written(t, l, 500), written(t, l, 500)
		if !bytes.Equal(a, b) {
			t.Errorf("%s: two runs wrote different bytes", l.Name)
		}
		if !bytes.HasPrefix(written(t, l, 600), a) {
			t.Errorf("%s: a longer lane does not begin with the shorter", l.Name)
		}
		other := l
		other.Seed++
		if bytes.Equal(a, written(t, other, 500)) {
			t.Errorf("%s: another seed wrote the same bytes", l.Name)
		}
	}
}

// The bytes of a lane belong to GeneratorVersion.
func TestBytesBelongToTheVersion(t *testing.T) {
	sum := sha256.New()
	for _, l := range generated() {
		sum.Write(written(t, l, 200))
	}
	const want = "6f28438ec4e1543b" // of version 1
	if got := hexOf(sum.Sum(nil)[:8]); got != want {
		t.Errorf("lanes have other bytes than before (%s, was %s): raise GeneratorVersion", got, want)
	}
}

func hexOf(b []byte) string {
	const digits = "0123456789abcdef"
	var out []byte
	for _, c := range b {
		out = append(out, digits[c>>4], digits[c&15])
	}
	return string(out)
}

func TestSizesAreThoseDescribed(t *testing.T) {
	for _, l := range generated() {
		if l.Size == 0 {
			continue
		}
		got := float64(len(written(t, l, 5000))) / 5000
		if math.Abs(got-float64(l.Size)) > 0.06*float64(l.Size) {
			t.Errorf("%s: %.0f bytes per event, described are %d", l.Name, got, l.Size)
		}
	}
}

func TestEveryLineIsAnObject(t *testing.T) {
	for _, l := range generated() {
		for line := range bytes.Lines(written(t, l, 1000)) {
			var event map[string]any
			if err := json.Unmarshal(line, &event); err != nil {
				t.Fatalf("%s: %v in %s", l.Name, err, line)
			}
		}
	}
}

// No value of the lane that defeats caches repeats, but for those that route.
func TestDefeatedRepeatsNothing(t *testing.T) {
	lane := All()[5]
	seen := map[string]int{}
	for line := range bytes.Lines(written(t, lane, 3000)) {
		var event map[string]any
		if err := json.Unmarshal(line, &event); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"Image", "CommandLine", "ImageLoaded", "TargetFilename", "TargetObject", "Hashes"} {
			if v, ok := event[name].(string); ok {
				if seen[v]++; seen[v] > 1 {
					t.Fatalf("%s %q comes twice", name, v)
				}
			}
		}
	}
}

func TestPrepareFindsWhatItMade(t *testing.T) {
	work := t.TempDir()
	lane := All()[2]
	first, err := Prepare(lane, "", work, 50)
	if err != nil || first.Events != 50*lane.Times || first.Bytes == 0 {
		t.Fatalf("%+v, %v", first, err)
	}
	info, err := os.Stat(first.Paths[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Prepare(lane, "", work, 50); err != nil {
		t.Fatal(err)
	}
	again, err := os.Stat(first.Paths[0])
	if err != nil || !again.ModTime().Equal(info.ModTime()) {
		t.Errorf("the file was written again: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(work, "*")); len(left) != 1 {
		t.Errorf("files left: %v", left)
	}
	if _, err := Prepare(All()[6], "", work, 50); !errors.Is(err, ErrNoData) {
		t.Errorf("recordings without data: %v", err)
	}
}

func TestShareCoversAllBlocks(t *testing.T) {
	const n, total, block = 1000, 10_000, 250
	blocks := map[int]bool{}
	written := 0
	for i := range total {
		if written < share(i/block, n, total, block) {
			written++
			blocks[i/block] = true
		}
	}
	if written != n || len(blocks) != n/block {
		t.Errorf("%d events of %d blocks, want %d of %d", written, len(blocks), n, n/block)
	}
}
