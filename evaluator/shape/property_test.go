package shape

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// generator writes random JSON. The structure comes from one source of chance,
// the texts and spaces from another, so that either can be kept.
type generator struct {
	structure, texts *rand.Rand
	alike            bool // all texts are the same
	out              bytes.Buffer
	spaced           bool
}

func (g *generator) record() []byte {
	g.out.Reset()
	g.spaced = g.chance(3) == 0
	g.value(0)
	return bytes.Clone(g.out.Bytes())
}

// chance returns a number below n for what is not structure.
func (g *generator) chance(n int) int {
	if g.alike {
		return n - 1
	}
	return g.texts.IntN(n)
}

func (g *generator) token(s string) {
	g.out.WriteString(s)
	for g.spaced && g.chance(3) == 0 {
		g.out.WriteByte(" \t\r\n"[g.chance(4)])
	}
}

func (g *generator) value(depth int) {
	kind := g.structure.IntN(9)
	if depth == 0 && g.structure.IntN(10) > 0 {
		kind = 6
	}
	if depth > 4 {
		kind %= 6
	}
	switch kind {
	case 0, 1, 2:
		g.token(`"` + g.text() + `"`)
	case 3:
		g.token([]string{"0", "-1", "4688", "1.5e-7", "18446744073709551616", "-0.0"}[g.chance(6)])
	case 4:
		g.token([]string{"true", "false"}[g.chance(2)])
	case 5:
		g.token("null")
	case 6, 7:
		g.token("{")
		for i := range g.structure.IntN(6) {
			if i > 0 {
				g.token(",")
			}
			g.token(`"` + []string{"a", "Image", "CommandLine", "", "a b", `\u0061`, `q\"{`, "é"}[g.structure.IntN(8)] + `"`)
			g.token(":")
			g.value(depth + 1)
		}
		g.token("}")
	default:
		g.token("[")
		for i := range g.structure.IntN(4) {
			if i > 0 {
				g.token(",")
			}
			g.value(depth + 1)
		}
		g.token("]")
	}
}

func (g *generator) text() string {
	var b strings.Builder
	for range (3 - g.chance(4)) * (7 - g.chance(8)) {
		b.WriteString([]string{"x", "C:", `\\`, `\"`, `\r\n`, "0123456789", "é", "\xff", `\u00e9`, `\ud83d\ude00`, `\udead`, "{", "]", ",", " ", "\x7f"}[g.chance(16)])
	}
	return b.String()
}

// TestSameShape writes the same structure with other texts and spaces, which
// has the same id, and other structures, which have others.
func TestSameShape(t *testing.T) {
	t.Parallel()
	for _, options := range []Options{{}, {MaxNodes: 200}, {MaxLeaves: 5}} {
		s := NewScanner(options)
		ids, shapes, known := map[string]int{}, map[int]string{}, 0
		for i := range uint64(20_000) {
			seed := i % 7001
			g := &generator{structure: rand.New(rand.NewPCG(seed, 0)), texts: rand.New(rand.NewPCG(i, 1))}
			record := g.record()
			id := check(t, s, record)
			if id == Unknown {
				continue
			}
			known++
			// What is written without spaces, with all texts alike, is the shape.
			plain := &generator{structure: rand.New(rand.NewPCG(seed, 0)), alike: true}
			shape := string(plain.record())
			if before, ok := ids[shape]; ok && before != id {
				t.Fatalf("%s has shape %d, before %d", record, id, before)
			}
			if before, ok := shapes[id]; ok && before != shape {
				t.Fatalf("%s has shape %d as %s", record, id, before)
			}
			if _, ok := shapes[id]; !ok && id != len(shapes) {
				t.Fatalf("id %d is not the next of %d", id, len(shapes))
			}
			ids[shape], shapes[id] = id, shape
		}
		if s.Shapes() != len(shapes) || known < 1000 {
			t.Errorf("%v: %d shapes, want %d, in %d records", options, s.Shapes(), len(shapes), known)
		}
	}
}

// TestChangedShape changes one thing about a record.
func TestChangedShape(t *testing.T) {
	t.Parallel()
	s := NewScanner(Options{})
	base := `{"a":"x","b":{"c":[1,2,{"d":null}],"e":{}},"f":[],"g":true}`
	ids := map[int]string{check(t, s, []byte(base)): base}
	for _, change := range [][2]string{
		{`"a"`, `"A"`}, {`"a":"x",`, ``}, {`"x"`, `1`}, {`1,2`, `1`}, {`1,2`, `[1],2`}, {`1,2`, `[1,2]`}, {`null`, `{}`}, {`null`, `[]`}, {`null`, `"null"`},
		{`{}`, `[]`}, {`"f":[]`, `"f":[[]]`}, {`true`, `"true"`}, {`true`, `1`}, {`"d"`, `"\u0064"`}, {`"d"`, `"\u0064 "`}, {`"g":true`, `"g":true,"g":true`},
		{`,"e":{}}`, `},"e":{}`}, {`{"d":null}`, `{"d":[null]}`}, {`"f":[]`, `"f]":[]`},
	} {
		changed := strings.Replace(base, change[0], change[1], 1)
		for range 2 {
			id := check(t, s, []byte(changed))
			if before, ok := ids[id]; ok && before != changed {
				t.Errorf("%s has the shape of %s", changed, before)
			}
			ids[id] = changed
		}
		if id := check(t, s, []byte(base)); id != 0 {
			t.Fatalf("shape %d", id)
		}
	}
	if s.Shapes() != len(ids) {
		t.Error(fmt.Sprint(s.Shapes(), " shapes, want ", len(ids)))
	}
}
