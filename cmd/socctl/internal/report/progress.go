package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Progress shows one changing line on a terminal, and nothing anywhere else.
// It is safe for concurrent use.
type Progress struct {
	w    io.Writer // nil: show nothing
	mu   sync.Mutex
	last time.Time
	used bool
}

// progressInterval is how often the line changes.
const progressInterval = 100 * time.Millisecond

// NewProgress returns a Progress that writes to w if w is a terminal and quiet
// is false.
func NewProgress(w io.Writer, quiet bool) *Progress {
	if quiet || !IsTerminal(w) {
		return &Progress{}
	}
	return &Progress{w: w}
}

// Visible reports whether anything is shown.
func (p *Progress) Visible() bool { return p.w != nil }

// Bar draws a share of a whole in a number of characters.
func Bar(share float64, width int) string {
	full := int(min(1, max(0, share)) * float64(width))
	return strings.Repeat("█", full) + strings.Repeat("░", width-full)
}

// Update replaces the line, at most ten times a second.
func (p *Progress) Update(format string, args ...any) {
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); now.Sub(p.last) >= progressInterval {
		p.last, p.used = now, true
		fmt.Fprintf(p.w, "\r\x1b[K%s", Shorten(fmt.Sprintf(format, args...), 79))
	}
}

// Done removes the line.
func (p *Progress) Done() {
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.used {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.used = false
	}
}
