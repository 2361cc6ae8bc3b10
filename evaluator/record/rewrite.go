package record

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Compact puts the events of files together that are of the same day and view, or of the same
// day and few, and writes files anew whose index is damaged or gone, or that have no checksums of
// their columns. It returns how many files there were and are. Interrupted, it leaves the recording as
// it was.
func Compact(ctx context.Context, dir string, o Options) (before, after int, err error) {
	return rewrite(ctx, dir, o, func(m *Manifest) []File {
		like := map[partKey]int{}
		for i := range m.Files {
			if f := &m.Files[i]; o.hasRoom(f) {
				like[f.key()]++
				like[partKey{f.Day, mixedViews}] += f.few()
			}
		}
		return slices.DeleteFunc(slices.Clone(m.Files), func(f File) bool {
			together := o.hasRoom(&f) && (like[f.key()] > 1 || like[partKey{f.Day, mixedViews}]*f.few() > 1)
			return !together && f.Footer != nil && verifyIndex(dir, &f) == nil
		})
	}, nil)
}

// Sizes of a file that would be written as it is again: events, and how many bytes of memory
// there are for each of its bytes.
const (
	manyRows    = 1 << 16
	packedBytes = 32
)

// hasRoom reports whether more can be added to a file.
func (o Options) hasRoom(f *File) bool {
	return f.Rows < manyRows && f.Bytes < int64(o.heldBytes()/packedBytes)
}

func (f *File) key() partKey { return partKey{f.Day, f.View} }

// few is 1 for a file of few events, or of several views.
func (f *File) few() int {
	if f.Rows < fewRows && f.View != mixedViews {
		return 1
	}
	return 0
}

// Redaction says what becomes of fields: each is named as the event has it, or by the path of
// its column; a path without numbers of items means all items.
type Redaction struct {
	Drop []string // are taken out of the records
	Hash []string // have "sha256:" and a hash of their text instead of the text, with Salt in front of it
	Salt string
}

// Redact takes fields out of a recording, or puts hashes in their places. What was
// there is gone from the folder when it returns, but for what Redacted.Left tells: the
// same text in other fields, which were not named. Interrupted, it leaves the recording as it was.
func Redact(ctx context.Context, dir string, o Options, r Redaction) (*Redacted, error) {
	out, left := &Redacted{}, r.residue(o.Normaliser)
	var err error
	out.Before, out.After, err = rewrite(ctx, dir, o, func(m *Manifest) []File { return m.Files }, func(of telemetry.Record) evaluator.Value {
		after := r.apply(of.Value)
		left.look(of, after)
		return after
	})
	out.Missing, out.Left = left.told()
	return out, err
}

// rewrite writes chosen files of a recording anew, with what change makes of their
// records.
func rewrite(ctx context.Context, dir string, o Options, choose func(*Manifest) []File, change func(telemetry.Record) evaluator.Value) (before, after int, err error) {
	if _, err := ReadManifest(dir); err != nil {
		return 0, 0, err
	}
	w, err := Create(dir, o)
	if err != nil {
		return 0, 0, err
	}
	w.interrupted = ctx.Err
	before = len(w.manifest.Files)
	for _, f := range choose(w.manifest) {
		w.replaced[f.Path] = true
		err := recordsOf(dir, f, func(row Row) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if row.Time.IsZero() && f.Day != "" { // it is so far off that the file cannot hold it
				row.Time, _, _ = w.normaliser.Event(row.Record).Time()
			}
			if change != nil {
				row.Record.Value = change(row.Record)
			}
			return w.put(row.Record, row.Time, row.View)
		})
		if err != nil {
			_ = w.Abort()
			return before, before, err
		}
	}
	if len(w.replaced) == 0 {
		return before, before, w.Abort()
	}
	if err := w.Commit(); err != nil {
		return before, before, err
	}
	return before, len(w.manifest.Files), nil
}

func (r *Redaction) apply(v evaluator.Value) evaluator.Value { return r.inside(v, spot{}) }

// inside redacts the members and items of a value.
func (r *Redaction) inside(v evaluator.Value, p spot) evaluator.Value {
	switch v.Kind() {
	case evaluator.Object:
		var members []evaluator.Member
		for _, m := range v.Members() {
			if kept, ok := r.value(m.Value, p.member(m.Name)); ok {
				members = append(members, evaluator.Member{Name: m.Name, Value: kept})
			}
		}
		return evaluator.ObjectValue(members...)
	case evaluator.List:
		items := make([]evaluator.Value, 0, len(v.Items()))
		for i, item := range v.Items() {
			if kept, ok := r.value(item, p.at(i)); ok {
				items = append(items, kept)
			}
		}
		return evaluator.ListValue(items...)
	}
	return v
}

// value returns what becomes of a value, false if it is dropped.
func (r *Redaction) value(v evaluator.Value, p spot) (evaluator.Value, bool) {
	switch {
	case p.named(r.Drop):
		return evaluator.Value{}, false
	case p.named(r.Hash):
		return r.hashed(v), true
	}
	return r.inside(v, p), true
}

// hashed returns a value with a hash in the place of each text.
func (r *Redaction) hashed(v evaluator.Value) evaluator.Value {
	switch v.Kind() {
	case evaluator.Null:
		return v
	case evaluator.List:
		items := make([]evaluator.Value, len(v.Items()))
		for i, item := range v.Items() {
			items[i] = r.hashed(item)
		}
		return evaluator.ListValue(items...)
	case evaluator.Object:
		members := make([]evaluator.Member, len(v.Members()))
		for i, m := range v.Members() {
			members[i] = evaluator.Member{Name: m.Name, Value: r.hashed(m.Value)}
		}
		return evaluator.ObjectValue(members...)
	}
	sum := sha256.Sum256([]byte(r.Salt + v.Text()))
	return evaluator.StringValue("sha256:" + hex.EncodeToString(sum[:]))
}

// Verify reads everything in a recording and reports what is wrong with it, an error
// for each file and each index.
func Verify(ctx context.Context, dir string) (problems []error, err error) {
	m, err := ReadManifest(dir)
	if err != nil {
		return nil, err
	}
	for _, f := range m.Files {
		for _, err := range []error{recordsOf(dir, f, func(Row) error { return ctx.Err() }), verifyIndex(dir, &f)} {
			if ctx.Err() != nil {
				return problems, ctx.Err()
			}
			if err = orChanged(dir, f, err); errors.Is(err, ErrChanged) {
				return nil, err
			} else if err != nil {
				problems = append(problems, err)
			}
		}
	}
	return problems, nil
}
