package backtest

import (
	"crypto/sha256"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
)

// ContextVersion changes whenever the same event can get another context
// fingerprint for the same rule.
const ContextVersion = 1

// contextFields are the fields whose values tell alerts of a rule apart by their
// cause: those that its detection looks at, without those of filters. ofAll is
// set if it also searches all values.
func contextFields(r *compiler.Rule, predicates []compiler.Predicate) (fields []string, ofAll bool) {
	r.Detection.Each(func(leaf *compiler.Expr) {
		p := &predicates[leaf.Atom]
		switch {
		case p.Field == "":
			ofAll = true
		case p.Op == compiler.OpFieldRef:
			fields = append(fields, p.Field, p.Ref)
		default:
			fields = append(fields, p.Field)
		}
	})
	slices.Sort(fields)
	return slices.Compact(fields), ofAll
}

// cause is what an event shows a rule, without what differs from one machine,
// user or run to the next.
type cause struct {
	key    causeKey
	fields []ContextField
}

// ContextField is one field of a context.
type ContextField struct {
	Name  string `json:"name"`
	Value string `json:"value"` // normalised, shortened
}

const (
	maxContextText  = 4 << 10 // bytes of a value that count
	shownContext    = 200     // code points of a value that are kept
	maxContextParts = 64      // of the values of a whole event that are kept
)

// anyValue is the name of the values of an event that no field of the rule names.
const anyValue = "(any value)"

// contexts compute contexts of events. They remember what values become, which takes
// longest, and mostly are values that were there before. The zero value is ready to use,
// on one goroutine.
type contexts struct {
	normalised map[string]string
}

const (
	maxNormalised = 1 << 14 // values that are remembered; then it begins anew
	maxRemembered = 512     // bytes of one that is
)

// normalise is normalise, remembered.
func (c *contexts) normalise(text string) string {
	if len(text) > maxRemembered {
		return normalise(text)
	}
	out, known := c.normalised[text]
	if known {
		return out
	}
	if out = normalise(text); len(c.normalised) >= maxNormalised || c.normalised == nil {
		c.normalised = map[string]string{}
	}
	c.normalised[strings.Clone(text)] = out
	return out
}

// of computes the context of an event. Its fingerprint is the SHA-256 of
// the names and normalised values, fields in the order of their names; a field
// that the event lacks is left out.
func (by *contexts) of(fields []string, ofAll bool, e evaluator.Event) cause {
	sum := sha256.New()
	c := cause{fields: []ContextField{}}
	add := func(name string, v evaluator.Value) {
		text := v.Text()
		if !exact[name] {
			text = by.normalise(text)
		}
		sum.Write([]byte(name + "\x00" + text + "\x00"))
		if len(c.fields) < maxContextParts {
			c.fields = append(c.fields, ContextField{name, shorten(text, shownContext)})
		}
	}
	for _, name := range fields {
		if v, ok := e.Field(name); ok {
			add(name, v)
		}
	}
	if w, ok := e.(evaluator.Walker); ok && ofAll {
		w.Walk(func(v evaluator.Value) bool {
			add(anyValue, v)
			return true
		})
	}
	c.key = causeKey(sum.Sum(nil)[:8])
	return c
}

// exact are fields whose numbers say what happened and not to whom.
var exact = map[string]bool{"EventID": true, "LogonType": true, "event.code": true, "Status": true, "SubStatus": true,
	"DestinationPort": true, "dst_port": true, "sc-status": true, "cs-method": true}

// normalise replaces what differs where the cause is the same: GUIDs, SIDs, names
// in paths of user profiles, hexadecimal numbers and runs of digits. Letter case
// does not count.
func normalise(text string) string {
	if len(text) > maxContextText {
		text = text[:maxContextText]
	}
	text = strings.ToLower(text)
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); {
		mark, n := placeholder(text, i)
		if n == 0 {
			b.WriteByte(text[i])
			i++
			continue
		}
		b.WriteString(mark)
		i += n
	}
	return strings.ToValidUTF8(b.String(), string(utf8.RuneError))
}

// placeholder returns what stands for the text at i, and for how much of it.
func placeholder(text string, i int) (mark string, n int) {
	rest := text[i:]
	if n := profileName(text, i); n > 0 {
		return "<user>", n
	}
	if !isHex(rest[0]) && rest[0] != 's' || i > 0 && isWord(text[i-1]) {
		if isDigit(rest[0]) {
			return "<n>", prefix(rest, isDigit)
		}
		return "", 0
	}
	if n := guid(rest); n > 0 {
		return "<guid>", n
	}
	if n := sid(rest); n > 0 {
		return "<sid>", n
	}
	if strings.HasPrefix(rest, "0x") {
		if n := prefix(rest[2:], isHex); n > 0 {
			return "<hex>", n + 2
		}
	}
	if n := prefix(rest, isHex); n >= minHex && strings.ContainsAny(rest[:n], "0123456789") && (n == len(rest) || !isWord(rest[n])) {
		return "<hex>", n
	}
	if isDigit(rest[0]) {
		return "<n>", prefix(rest, isDigit)
	}
	return "", 0
}

// minHex is from how many characters on a word of hexadecimal digits is a hash or
// an identifier.
const minHex = 12

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isHex(c byte) bool   { return isDigit(c) || c >= 'a' && c <= 'f' }
func isWord(c byte) bool  { return isDigit(c) || c >= 'a' && c <= 'z' || c == '_' }

// prefix returns how many of the first bytes are of a kind.
func prefix(text string, of func(byte) bool) int {
	n := 0
	for n < len(text) && of(text[n]) {
		n++
	}
	return n
}

// guid returns the length of a GUID at the beginning of text, 0 for none.
func guid(text string) int {
	at := 0
	for i, size := range [...]int{8, 4, 4, 4, 12} {
		if i > 0 {
			if at >= len(text) || text[at] != '-' {
				return 0
			}
			at++
		}
		if len(text) < at+size || prefix(text[at:at+size], isHex) != size {
			return 0
		}
		at += size
	}
	return at
}

// sid returns the length of the identifier of an account, 0 for none or one that
// is the same everywhere.
func sid(text string) int {
	const domain = "s-1-5-21-"
	if !strings.HasPrefix(text, domain) {
		return 0
	}
	return len(domain) + prefix(text[len(domain):], func(c byte) bool { return isDigit(c) || c == '-' })
}

// profiles are the folders in which every user has one.
var profiles = [...]string{`\users\`, `\documents and settings\`, `/home/`, `/users/`}

// profileName returns the length of the name of a user's folder that begins at i.
func profileName(text string, i int) int {
	for _, folder := range profiles {
		if i < len(folder) || text[i-len(folder):i] != folder {
			continue
		}
		n := prefix(text[i:], func(c byte) bool { return !strings.ContainsRune(`\/"'|<>:*?`, rune(c)) })
		if i+n < len(text) && (text[i+n] == '\\' || text[i+n] == '/') && !publicFolder(text[i:i+n]) {
			return n
		}
	}
	return 0
}

// publicFolder reports whether a folder beside those of users is of none.
func publicFolder(name string) bool {
	return name == "public" || name == "default" || name == "all users"
}

// shorten cuts text to a number of code points.
func shorten(text string, most int) string {
	n := 0
	for i := range text {
		if n++; n > most {
			return text[:i] + "…"
		}
	}
	return text
}
