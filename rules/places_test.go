package rules_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/socctl/socctl/rules"
)

// piece is a bit of YAML source and the text that it means.
type piece struct{ source, text string }

// scalarSource is a scalar put together from pieces, behind a prefix.
type scalarSource struct {
	prefix string
	pieces []piece
	suffix string
}

func (s scalarSource) source() string {
	var b strings.Builder
	b.WriteString(s.prefix)
	for _, p := range s.pieces {
		b.WriteString(p.source)
	}
	return b.String() + s.suffix
}

func (s scalarSource) text() string {
	var b strings.Builder
	for _, p := range s.pieces {
		b.WriteString(p.text)
	}
	return b.String()
}

// generator makes random scalars. eol is the line end that it writes.
type generator struct {
	*rand.Rand
	eol string
}

func (g generator) oneOf(options ...string) string { return options[g.IntN(len(options))] }

func (g generator) word(alphabet ...string) []piece {
	out := make([]piece, 1+g.IntN(5))
	for i := range out {
		c := g.oneOf(alphabet...)
		out[i] = piece{c, c}
	}
	return out
}

// flowBreak is white space with line breaks, as it stands in a flow scalar.
func (g generator) flowBreak(indent string) []piece {
	blank := g.oneOf("", " ", "\t ")
	out := []piece{{blank + g.eol, ""}}
	n := g.IntN(3)
	for range n {
		out = append(out, piece{g.oneOf("", "  ") + g.eol, "\n"})
	}
	if n == 0 {
		out[0].text = " "
	}
	out[len(out)-1].source += ""
	return append(out, piece{indent + g.oneOf("", " ", " \t"), ""})
}

var letters = []string{"a", "Z", "7", "é", "→", "😀", "|", "*", "\\", "("}

func (g generator) flow(open string, letter func() []piece) scalarSource {
	s := scalarSource{prefix: open, suffix: open + g.eol}
	add := func(p ...piece) { s.pieces = append(s.pieces, p...) }
	add(piece{"x", "x"})
	for range g.IntN(12) {
		switch g.IntN(5) {
		case 0:
			add(piece{" ", " "}, piece{"b", "b"})
		case 1:
			add(g.flowBreak(blockIndent)...)
			add(piece{"c", "c"})
		default:
			add(letter()...)
		}
	}
	return s
}

func (g generator) plain() scalarSource {
	return g.flow("", func() []piece { return g.word(letters...) })
}

func (g generator) single() scalarSource {
	return g.flow("'", func() []piece {
		if g.IntN(3) == 0 {
			return []piece{{"''", "'"}}
		}
		return g.word(append(letters, `"`, "#", ": a")...)
	})
}

func (g generator) double() scalarSource {
	escapes := []piece{{`\x41`, "A"}, {`\u20ac`, "€"}, {`\U0001F600`, "😀"}, {`\"`, `"`}, {`\\`, `\`}, {`\n`, "\n"},
		{`\t`, "\t"}, {`\0`, "\x00"}, {`\_`, "\u00a0"}, {`\N`, "\u0085"}, {`\L`, "\u2028"}, {`\ `, " "}}
	return g.flow(`"`, func() []piece {
		switch g.IntN(4) {
		case 0, 1:
			return escapes[g.IntN(len(escapes)):][:1]
		case 2:
			return []piece{{"\\" + g.eol + blockIndent, ""}, {"é", "é"}}
		}
		return g.word("a", "é", "😀", "'", "#", ": a")
	})
}

const blockIndent = "            "

func (g generator) literal() scalarSource {
	header := g.oneOf("|", "|-", "|+", "| # why", "|4", "|4-", "|-4")
	s := scalarSource{prefix: header + g.eol + blockIndent}
	lines := 1 + g.IntN(5)
	for i := range lines {
		if i == 0 && strings.Contains(header, "4") || i > 0 && g.IntN(3) == 0 {
			s.pieces = append(s.pieces, piece{"  ", "  "})
		} else {
			s.pieces = append(s.pieces, piece{"d", "d"})
		}
		s.pieces = append(s.pieces, g.word(append(letters, " ", "\t", "#")...)...)
		s.pieces = append(s.pieces, piece{"e", "e"})
		if i+1 == lines {
			break
		}
		for range g.IntN(3) {
			s.pieces = append(s.pieces, piece{g.eol, "\n"})
		}
		s.pieces = append(s.pieces, piece{g.eol, "\n"}, piece{blockIndent, ""})
	}
	return g.chomped(s, header)
}

func (g generator) chomped(s scalarSource, header string) scalarSource {
	s.suffix = g.eol
	if !strings.Contains(header, "-") {
		s.pieces, s.suffix = append(s.pieces, piece{g.eol, "\n"}), ""
	}
	return s
}

func (g generator) folded() scalarSource {
	header := g.oneOf(">", ">-", ">4-", "> # why")
	s := scalarSource{prefix: header + g.eol + blockIndent}
	lines := 1 + g.IntN(5)
	for i := range lines {
		s.pieces = append(s.pieces, piece{"(", "("})
		s.pieces = append(s.pieces, g.word(append(letters, " ")...)...)
		s.pieces = append(s.pieces, piece{"e", "e"})
		if i+1 == lines {
			break
		}
		empty := g.IntN(3)
		fold := piece{g.eol, " "}
		if empty > 0 {
			fold.text = ""
		}
		s.pieces = append(s.pieces, fold)
		for range empty {
			s.pieces = append(s.pieces, piece{g.eol, "\n"})
		}
		s.pieces = append(s.pieces, piece{blockIndent, ""})
	}
	return g.chomped(s, header)
}

func TestPlacesOfEveryByte(t *testing.T) {
	for seed := range uint64(4000) {
		g := generator{rand.New(rand.NewPCG(seed, 1)), "\n"}
		if seed%2 == 1 {
			g.eol = "\r\n"
		}
		makers := []func() scalarSource{g.plain, g.single, g.double, g.literal, g.folded}
		checkPlaces(t, g, makers[g.IntN(len(makers))]())
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func checkPlaces(t *testing.T, g generator, s scalarSource) {
	t.Helper()
	head := strings.ReplaceAll("# é\ntitle: t\nlogsource: {product: x}\ndetection:\n    sel:\n        f: "+
		g.oneOf("", "&a ", "!!str ", "&a\n            ", "&a !!str # é\n            "), "\n", g.eol)
	if g.IntN(4) == 0 {
		head = "\ufeff" + head
	}
	source := head + s.source() + strings.ReplaceAll("    condition: sel\n", "\n", g.eol)
	docs, diags := rules.Parse("r.yml", []byte(source))
	if err := diags.Err(); err != nil || len(docs) != 1 {
		t.Fatalf("%v\n%s\n%q", err, source, source)
	}
	value := docs[0].(*rules.Rule).Detection.Selections[0].Body.Items[0].Values[0]
	if value.Text != s.text() {
		t.Fatalf("text is %q, want %q, of\n%s", value.Text, s.text(), source)
	}
	at, offset := 0, len(head)+len(s.prefix)
	for _, p := range s.pieces {
		from := offset
		offset += len(p.source)
		for i := range len(p.text) {
			got := value.At(at+i, at+i+1)
			start, end := positionIn(source, from), positionIn(source, offset)
			if strings.HasPrefix(p.source, " ") || strings.HasPrefix(p.source, "\t") || strings.HasPrefix(p.source, "\r") || strings.HasPrefix(p.source, "\n") {
				end = got.End // what is the end of white space that was folded is a matter of taste
			}
			if p.source == p.text && len(p.text) > 1 { // several characters
				continue
			}
			if trimmed := strings.TrimLeft(p.source, " \t"); p.text == " " && strings.HasPrefix(trimmed, g.eol) {
				start = positionIn(source, offset-len(trimmed))
			} else if p.text == "\n" && strings.HasPrefix(trimmed, g.eol) {
				start = positionIn(source, offset-len(trimmed))
			}
			if got.Start != start || got.End != end {
				t.Fatalf("byte %d of %q stands at %v-%v, want %v-%v, in\n%s", at+i, value.Text, got.Start, got.End, start, end, source)
			}
		}
		at += len(p.text)
	}
	if whole := value.At(0, len(value.Text)); whole.End != value.At(len(value.Text)-1, len(value.Text)).End {
		t.Fatalf("the whole text ends at %v, its last byte elsewhere, in\n%s", whole.End, source)
	}
}

// positionIn finds the position of an offset in the plainest way.
func positionIn(source string, offset int) rules.Position {
	bom := len(source) - len(strings.TrimPrefix(source, "\ufeff"))
	before := source[bom:offset]
	line := 1 + strings.Count(before, "\n")
	return rules.Position{Line: line, Column: 1 + len([]rune(before[strings.LastIndex(before, "\n")+1:]))}
}

func ExampleScalar_At() {
	docs, _ := rules.Parse("rule.yml", []byte("title: \"caf\\xe9\\n\\\n    bar\"\nlogsource: {product: x}\ndetection: {s: [v], condition: s}\n"))
	title := docs[0].Meta().Title
	fmt.Printf("%q stands at %v\n", title.Text[6:9], title.At(6, 9))
	// Output: "bar" stands at rule.yml:2:5
}
