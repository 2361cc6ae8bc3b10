package backtest

import (
	"cmp"
	"encoding/hex"
	"slices"
)

// maxCauses bounds the root causes of a rule that are told apart; each takes some twenty
// bytes.
const maxCauses = 200_000

// causeTally counts root causes. Whatever the order in which they occur, top holds the most
// frequent of those that are told apart, for a cause that does not get into it stays
// behind as many that count no less, and these only grow.
type causeTally struct {
	count     map[causeKey]int
	top       []topCause
	uncounted int // alerts of causes that are not told apart
}

// causeKey is the fingerprint of a cause.
type causeKey [8]byte

func (k causeKey) String() string { return hex.EncodeToString(k[:]) }

// topCause is a cause that is described.
type topCause struct {
	key    causeKey
	count  int
	fields []ContextField
}

// order puts the more frequent first, then by fingerprint.
func (c *topCause) order(o *topCause) int {
	return cmp.Or(cmp.Compare(o.count, c.count), slices.Compare(c.key[:], o.key[:]))
}

// add counts an alert of a cause.
func (t *causeTally) add(c cause) {
	n := t.count[c.key] + 1
	switch {
	case n == 1 && len(t.count) >= maxCauses:
		t.uncounted++
		return
	case t.count == nil:
		t.count = map[causeKey]int{}
	}
	t.count[c.key] = n
	at := slices.IndexFunc(t.top, func(o topCause) bool { return o.key == c.key })
	switch is := (topCause{c.key, n, c.fields}); {
	case at >= 0:
		t.top[at].count = n
	case len(t.top) < shownTop:
		at, t.top = len(t.top), append(t.top, is)
	case is.order(&t.top[len(t.top)-1]) < 0:
		at = len(t.top) - 1
		t.top[at] = is
	}
	for ; at > 0 && t.top[at].order(&t.top[at-1]) < 0; at-- {
		t.top[at], t.top[at-1] = t.top[at-1], t.top[at]
	}
}

func (t *causeTally) report() *Causes {
	if len(t.count) == 0 {
		return nil
	}
	out := &Causes{Distinct: len(t.count), More: t.uncounted > 0, Uncounted: t.uncounted}
	for _, c := range t.top {
		out.Top = append(out.Top, Cause{c.key.String(), c.count, c.fields})
	}
	return out
}
