package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/evaluator/backtest"
)

// meter shows how far a replay is, at which rate, and how long it may take. It
// goes by the sizes of files: of the one being read it knows how much is done
// only if that is JSON and not compressed.
type meter struct {
	progress *report.Progress
	start    time.Time
	total    int64 // bytes of all recordings; 0 if that is not known
	finished int64 // of those behind the current one
	source   string
	size     int64
}

// newMeter adds up the sizes of recordings, if anybody is to see it.
func newMeter(p *report.Progress, recordings []string) *meter {
	m := &meter{progress: p, start: time.Now()}
	if p.Visible() {
		m.total = sizeOf(recordings)
	}
	return m
}

func (m *meter) update(at backtest.Progress) {
	if !m.progress.Visible() {
		return
	}
	if file := fileOf(at.Source); file != m.source {
		m.finished += m.size
		m.source, m.size = file, 0
		if info, err := os.Stat(file); err == nil {
			m.size = info.Size()
		}
	}
	elapsed := time.Since(m.start)
	text := fmt.Sprintf("%d events, %d hits, %.0f events/s", at.Events, at.Hits, float64(at.Events)/max(elapsed.Seconds(), 0.001))
	done := m.finished
	if plainJSON(m.source) {
		done += min(at.Bytes, m.size)
	}
	if m.total > 0 && done > 0 {
		share := min(1, float64(done)/float64(m.total))
		left := time.Duration(float64(elapsed) * (1/share - 1)).Round(time.Second)
		text = fmt.Sprintf("%s %3.0f %%, %s left: %s", report.Bar(share, 20), 100*share, left, text)
	}
	m.progress.Update("%s", text)
}

func (m *meter) done() { m.progress.Done() }

func plainJSON(file string) bool {
	return slices.Contains([]string{".json", ".ndjson", ".jsonl", ".log"}, strings.ToLower(filepath.Ext(file)))
}

// fileOf returns the file that a source lies in, which may be an archive.
func fileOf(source string) string {
	file, _, _ := strings.Cut(source, "!/")
	return file
}

// sizeOf adds up the sizes of files; 0 if one of them is not known, such as that
// of standard input.
func sizeOf(recordings []string) (total int64) {
	for _, name := range recordings {
		paths := []string{name}
		if strings.ContainsAny(name, "*?[") {
			paths, _ = filepath.Glob(name)
		}
		for _, path := range paths {
			_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return nil
				}
				if info, err := d.Info(); err == nil {
					total += info.Size()
				}
				return nil
			})
		}
		if name == "-" || len(paths) == 0 {
			return 0
		}
	}
	return total
}
