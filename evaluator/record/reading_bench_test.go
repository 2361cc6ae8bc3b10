//go:build unix

package record

import (
	"context"
	"flag"
	"maps"
	"slices"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/telemetry"
)

var recordingFlag = flag.String("recording", "", "folder of a recording that BenchmarkReading replays, instead of recording the recordings of Windows hosts")

// BenchmarkReading replays a recording against all public rules, and reads the same again
// without evaluating anything: the files, whose hashes are checked, and of each row group
// the dictionaries, lines and codes that the replay asked for. No replay can take less.
func BenchmarkReading(b *testing.B) {
	dir := *recordingFlag
	if dir == "" {
		dir = b.TempDir()
		w, err := Create(dir, Options{})
		if err != nil {
			b.Fatal(err)
		}
		addAll(b, w, recorded(b)...)
		if err := w.Commit(); err != nil {
			b.Fatal(err)
		}
	}
	m, err := ReadManifest(dir)
	if err != nil {
		b.Fatal(err)
	}
	events := 0
	for _, f := range m.Files {
		events += f.Rows
	}
	p, _ := compiler.Compile(corpus.Rules(b), compiler.Options{})
	o := &ReplayOptions{Normaliser: telemetry.NewNormaliser(nil)}
	with := newReplayer(dir, p, o)
	var reads []*fileReads
	b.Run("replay", func(b *testing.B) {
		before := cpuTime()
		for b.Loop() {
			reads = reads[:0]
			for _, f := range m.Files {
				r, err := with.reading(f)
				if err != nil {
					b.Fatal(err)
				}
				reads = append(reads, r)
			}
		}
		perEvent(b, before, events)
	})
	b.Run("read", func(b *testing.B) {
		before := cpuTime()
		for b.Loop() {
			for i, f := range m.Files {
				if err := with.again(f, reads[i]); err != nil {
					b.Fatal(err)
				}
			}
		}
		perEvent(b, before, events)
	})
}

// fileReads are the columns of a file that were read: of each row group.
type fileReads struct{ groups [][]columnRead }

// columnRead is what was read of a column.
type columnRead struct {
	name                    string
	dictionary, codes, line bool
}

// reading replays a file as replayer.file does one in which rules find anything, and tells
// what it read.
func (w *replayer) reading(f File) (*fileReads, error) {
	judged := w.router.judges(&f)
	if judged && w.router.idle(&f, nil, &Replayed{}) == 0 {
		return nil, nil
	}
	t, err := openParts(w.end, w.dir, f)
	if err != nil {
		return nil, err
	}
	defer t.close()
	w.end = t.end[:0]
	out, into := &fileReads{}, &Replayed{Sources: map[string]int{}}
	for i := range t.footer.groups {
		g := &groupReplay{replayer: w, judged: judged, rowGroup: t.group(i, &w.reader)}
		if err := g.replay(context.Background(), into); err != nil {
			return nil, err
		}
		out.groups = append(out.groups, g.columnsRead())
		g.retire()
	}
	return out, nil
}

func (g *groupReplay) columnsRead() (out []columnRead) {
	for _, name := range slices.Sorted(maps.Keys(g.read)) {
		c := g.read[name]
		out = append(out, columnRead{name, c.dictionary != nil, c.codes != nil, c.lines != nil})
	}
	return out
}

// again reads what was read of a file.
func (w *replayer) again(f File, reads *fileReads) error {
	if reads == nil {
		return nil
	}
	t, err := openParts(w.end, w.dir, f)
	if err != nil {
		return err
	}
	defer t.close()
	w.end = t.end[:0]
	for i, columns := range reads.groups {
		g := t.group(i, &w.reader)
		for _, was := range columns {
			if err := g.readAgain(was); err != nil {
				return err
			}
		}
		w.reader.room.release()
	}
	return nil
}

func (g *rowGroup) readAgain(was columnRead) error {
	c, err := g.part(was.name)
	if err == nil && was.line {
		_, err = g.linesOf(c)
	}
	if err == nil && was.dictionary {
		err = g.dictionaryOf(c)
	}
	if err == nil && was.codes {
		err = g.rowsOf(c)
	}
	return err
}
