package telemetry

// pendingScan looks for the end of the object that a window starts with, as
// bytes come in: a live source may be silent for long behind it. It looks at
// every byte once.
type pendingScan struct {
	at      int // next byte to look at
	depth   int
	quoted  bool
	escaped bool
}

// complete reports whether the value that starts at an offset into the window
// ends in it. It is only about objects and lists; others end with a line.
func (b *pendingScan) complete(window []byte, from int) bool {
	for b.at = max(b.at, from); b.at < len(window); b.at++ {
		c := window[b.at]
		switch {
		case b.escaped:
			b.escaped = false
		case b.quoted && c == '\\':
			b.escaped = true
		case c == '"':
			b.quoted = !b.quoted
		case b.quoted:
		case c == '{' || c == '[':
			b.depth++
		case c == '}' || c == ']':
			if b.depth--; b.depth <= 0 {
				b.at++
				return true
			}
		}
	}
	return false
}
