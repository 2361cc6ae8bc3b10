package telemetry_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Places in an event log.
const (
	evtxHeader      = 4096
	evtxChunk       = 64 << 10
	evtxChunkHeader = 512
	evtxRecord      = 24
)

// eventLog is a log that is to be damaged: one chunk of it, and one record there
// that no other one depends on.
type eventLog struct {
	name          string
	data          []byte
	chunk, record int // where they begin
	definer       int // where a record begins that defines a template which others use, -1 if none does
	inChunk       int // records of the chunk
}

func (l *eventLog) u32(at int) uint32     { return binary.LittleEndian.Uint32(l.data[at:]) }
func (l *eventLog) put16(at int, v int)   { binary.LittleEndian.PutUint16(l.data[at:], uint16(v)) }
func (l *eventLog) put32(at int, v int64) { binary.LittleEndian.PutUint32(l.data[at:], uint32(v)) }
func (l *eventLog) put64(at int, v int64) { binary.LittleEndian.PutUint64(l.data[at:], uint64(v)) }

// definesAt reports whether an instance of a template begins at an offset that has
// the template in line.
func (l *eventLog) definesAt(at int) bool {
	return l.data[at] == 0x0c && l.u32(at+6) == uint32(at+10-l.chunk)
}

// defines reports whether a record holds any template.
func (l *eventLog) defines(record int) bool {
	for at := record + evtxRecord; at < record+int(l.u32(record+4))-10; at++ {
		if l.definesAt(at) {
			return true
		}
	}
	return false
}

// choose looks for what is to be damaged. False means that there is nothing that
// suits.
func (l *eventLog) choose(r *rand.Rand) bool {
	chunks := (len(l.data) - evtxHeader) / evtxChunk
	l.chunk = evtxHeader + r.IntN(max(chunks, 1))*evtxChunk
	if chunks < 1 || !bytes.HasPrefix(l.data[l.chunk:], []byte("ElfChnk\x00")) || l.u32(l.chunk+32) == 0xffffffff {
		return false // the last is a chunk that is not in use
	}
	var plain []int
	l.definer, l.inChunk = -1, 0
	used := min(int(l.u32(l.chunk+48)), evtxChunk) // there may be records of former times behind
	for at := l.chunk + evtxChunkHeader; at+evtxRecord+64 < l.chunk+used && bytes.HasPrefix(l.data[at:], []byte("**\x00\x00")); at += int(l.u32(at + 4)) {
		l.inChunk++
		switch {
		case l.definesAt(at + evtxRecord + 4):
			l.definer = at
		case !l.defines(at):
			plain = append(plain, at)
		}
	}
	if len(plain) == 0 {
		return false
	}
	l.record = plain[r.IntN(len(plain))]
	return true
}

// lie is a false statement in a log.
type lie struct {
	name  string
	tell  func(l *eventLog)
	reach reach // what may be lost
}

type reach int

const (
	nothing reach = iota
	oneRecord
	oneChunk
	everything
)

var lies = []lie{
	{"no chunks", func(l *eventLog) { l.put16(42, 0) }, nothing},
	{"chunk count", func(l *eventLog) { l.put16(42, 0xffff) }, nothing},
	{"next record number", func(l *eventLog) { l.put64(24, -1) }, nothing},
	{"small header", func(l *eventLog) { l.put16(40, 0) }, nothing},
	{"large header", func(l *eventLog) { l.put16(40, 0xffff) }, everything},
	{"file signature", func(l *eventLog) { l.data[0] = 'x' }, nothing},
	{"chunk signature", func(l *eventLog) { l.data[l.chunk] = 'x' }, nothing},
	{"free space at 0", func(l *eventLog) { l.put32(l.chunk+48, 0) }, nothing},
	{"free space behind the chunk", func(l *eventLog) { l.put32(l.chunk+48, 0xffffffff) }, nothing},
	{"free space within a record", func(l *eventLog) { l.put32(l.chunk+48, int64(l.record-l.chunk+9)) }, oneChunk},
	{"free space at the first record", func(l *eventLog) { l.put32(l.chunk+48, evtxChunkHeader) }, oneChunk},
	{"last record offset", func(l *eventLog) { l.put32(l.chunk+44, 0x7fffffff) }, nothing},
	{"record numbers", func(l *eventLog) { l.put64(l.chunk+8, 1); l.put64(l.chunk+16, 1<<40) }, nothing},
	{"record numbers backwards", func(l *eventLog) { l.put64(l.chunk+8, -1); l.put64(l.chunk+16, 0) }, nothing},
	{"string table", func(l *eventLog) {
		for at := l.chunk + 128; at < l.chunk+evtxChunkHeader; at += 4 {
			l.put32(at, 0xffffffff)
		}
	}, nothing},
	{"record of no size", func(l *eventLog) { l.put32(l.record+4, 0) }, oneRecord},
	{"record of the size of its head", func(l *eventLog) { l.put32(l.record+4, evtxRecord) }, oneRecord},
	{"record beyond the chunk", func(l *eventLog) { l.put32(l.record+4, evtxChunk) }, oneRecord},
	{"record of 4 GB", func(l *eventLog) { l.put32(l.record+4, 0xffffffff) }, oneRecord},
	{"template offset 0", func(l *eventLog) { l.put32(l.record+evtxRecord+10, 0) }, oneRecord},
	{"template behind the chunk", func(l *eventLog) { l.put32(l.record+evtxRecord+10, 0xfffffff0) }, oneRecord},
	{"template in the record itself", func(l *eventLog) { l.put32(l.record+evtxRecord+10, int64(l.record-l.chunk)) }, oneRecord},
	{"template of another id", func(l *eventLog) { l.put32(l.record+evtxRecord+6, 0x12345678) }, oneRecord},
	{"4 billion values", func(l *eventLog) { l.put32(l.record+evtxRecord+14, 0xffffffff) }, oneRecord},
	{"a billion values", func(l *eventLog) { l.put32(l.record+evtxRecord+14, 0x40000000) }, oneRecord},
	{"long values", func(l *eventLog) {
		for i := range min(int(l.u32(l.record+evtxRecord+14)), 64) {
			l.put16(l.record+evtxRecord+18+4*i, 0xffff)
		}
	}, oneRecord},
	{"values are binary XML", func(l *eventLog) {
		for i := range min(int(l.u32(l.record+evtxRecord+14)), 64) {
			l.data[l.record+evtxRecord+18+4*i+2] = 0x21
		}
	}, oneRecord},
	{"values of no known type", func(l *eventLog) {
		for i := range min(int(l.u32(l.record+evtxRecord+14)), 64) {
			l.data[l.record+evtxRecord+18+4*i+2] = 0x7e
		}
	}, oneRecord},
	{"template of no size", func(l *eventLog) { l.put32(l.definer+evtxRecord+34, 0) }, oneChunk},
	{"template of 4 GB", func(l *eventLog) { l.put32(l.definer+evtxRecord+34, 0xffffffff) }, oneChunk},
	{"template larger than the record", func(l *eventLog) { l.put32(l.definer+evtxRecord+34, 0xf000) }, oneChunk},
	{"template one byte short", func(l *eventLog) { l.put32(l.definer+evtxRecord+34, int64(l.u32(l.definer+evtxRecord+34))-1) }, oneChunk},
	{"templates in a ring", func(l *eventLog) { l.put32(l.definer+evtxRecord+14, int64(l.definer-l.chunk+evtxRecord+14)) }, oneChunk},
	{"template within itself", func(l *eventLog) {
		at := l.definer + evtxRecord + 14 + 24 + 4 // behind the fragment header in the template
		l.data[at], l.data[at+1] = 0x0c, 1
		l.put32(at+2, int64(l.u32(l.definer+evtxRecord+18)))
		l.put32(at+6, int64(l.definer-l.chunk+evtxRecord+14))
		l.put32(at+10, 0)
	}, oneChunk},
	{"long name", func(l *eventLog) {
		at := l.definer + evtxRecord + 14 + 24 + 4 + 7 // name of the first element: its offset, or it itself
		l.put16(at+4+6, 0xffff)
	}, oneChunk},
	{"name behind the chunk", func(l *eventLog) { l.put32(l.definer+evtxRecord+14+24+4+7, 0xffffff00) }, oneChunk},
	{"elements without end", func(l *eventLog) {
		for at := l.definer + evtxRecord + 14 + 24 + 4; at+16 < l.definer+int(l.u32(l.definer+4)); at += 11 {
			copy(l.data[at:], l.data[l.definer+evtxRecord+14+24+4:][:11])
		}
	}, oneChunk},
}

// logFiles returns the paths of some logs.
func logFiles(t *testing.T, step int) (files []string) {
	t.Helper()
	err := filepath.WalkDir(corpus.Path(t, "evtx"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".evtx" || strings.Contains(path, "corrupted") {
			return err
		}
		if info, err := d.Info(); err == nil && info.Size() >= evtxHeader+evtxChunk && info.Size() < 2<<20 {
			files = append(files, path)
		}
		return nil
	})
	if err != nil || len(files) < 10 {
		t.Fatal(len(files), err)
	}
	var some []string
	for i := 0; i < len(files); i += step {
		some = append(some, files[i])
	}
	return some
}

// told is what becomes of a log.
type told struct {
	texts    []string // of the records, with what they match
	problems []string
	lost     int
}

// tell reads a log and has its records evaluated, as they are and as events.
func tell(t *testing.T, j *twins, data []byte) (out told) {
	t.Helper()
	for r, err := range telemetry.Read(t.Context(), []string{"-"}, telemetry.ReadOptions{Unrendered: true, Format: "evtx", Stdin: bytes.NewReader(data)}) {
		if err != nil {
			p := err.(*telemetry.Problem)
			if p.Offset < 0 || p.Offset > int64(len(data)) || len(p.Err.Error()) < 20 {
				t.Errorf("problem %v", p)
			}
			out.problems = append(out.problems, p.Error())
			out.lost += p.Lost
			continue
		}
		out.texts = append(out.texts, r.Rendered().Value.Text()+" "+j.match(t, r))
		r.Release()
	}
	return out
}

// twins evaluate the same rules, one of them as a stream.
type twins struct {
	streamed, plain *evaluator.Evaluator
	stream          *telemetry.Stream
}

func newTwins(t *testing.T) *twins {
	p := publicProgram(t)
	j := &twins{streamed: evaluator.New(p), plain: evaluator.New(p)}
	j.stream = telemetry.NewStream(normaliser(), j.streamed)
	return j
}

func (j *twins) match(t *testing.T, r telemetry.Record) string {
	t.Helper()
	matches, views, err := j.stream.Match(r)
	if err != nil {
		t.Fatal(err)
	}
	got := describe(matches, j.streamed.Suppressed(), views)
	event := normaliser().Event(r.Rendered())
	want := describe(j.plain.Match(event), j.plain.Suppressed(), len(event.Views()))
	if got != want {
		t.Fatalf("%.2000s\n got %s\nwant %s", event.Record().Value.Text(), got, want)
	}
	return got
}

// Logs that lie about sizes, counts and offsets: what is wrong is named, what the
// lie does not touch is read and evaluated as before, and memory stays in
// proportion.
func TestLyingEventLogs(t *testing.T) {
	step := 20
	if floodRecords > 100_000 {
		step = 1
	}
	j := newTwins(t)
	r := rand.New(rand.NewPCG(31, 32))
	told := map[string]int{}
	for _, file := range logFiles(t, step) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		whole := tell(t, j, data)
		if len(whole.problems) > 0 || data[120]&1 != 0 {
			continue // of a log that was not closed counts and checksums are not expected to be right
		}
		for _, lie := range lies {
			l := &eventLog{name: filepath.Base(file), data: bytes.Clone(data)}
			if !l.choose(r) || l.definer < 0 {
				continue
			}
			lie.tell(l)
			if bytes.Equal(l.data, data) {
				continue
			}
			told[lie.name]++
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			left := tell(t, j, l.data)
			runtime.ReadMemStats(&after)
			if used := int(after.TotalAlloc - before.TotalAlloc); used > 400*len(data)+(64<<20) {
				t.Errorf("%s: %s: allocates %d bytes for %d", l.name, lie.name, used, len(data))
			}
			compareTold(t, fmt.Sprintf("%s: %s", l.name, lie.name), whole, left, lie.reach, l.inChunk)
		}
	}
	if len(told) < len(lies) {
		t.Errorf("%d of %d lies were told", len(told), len(lies))
	}
	t.Log(told)
}

// compareTold compares what is left of a log with what was in it.
func compareTold(t *testing.T, name string, whole, left told, reach reach, inChunk int) {
	t.Helper()
	if len(left.problems) == 0 {
		t.Errorf("%s: no problem", name)
	}
	missing := map[string]int{}
	for _, text := range whole.texts {
		missing[text]++
	}
	for _, text := range left.texts {
		missing[text]--
	}
	gone := 0
	for _, n := range missing {
		gone += max(n, 0)
	}
	limit := 0
	switch reach {
	case oneRecord:
		limit = 1
	case oneChunk:
		limit = inChunk
	case everything:
		return
	}
	if gone > limit {
		t.Errorf("%s: %d of %d records are lost or changed, at most %d should be; %v", name, gone, len(whole.texts), limit, left.problems)
	}
	if short := len(whole.texts) - len(left.texts); short > left.lost {
		t.Errorf("%s: %d records are lost, %d are reported to be: %v", name, short, left.lost, left.problems)
	}
}
