package rules_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/socctl/socctl/rules"
)

// print returns what Print writes.
func printed(t testing.TB, d rules.Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := rules.Print(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// checkRoundTrip prints a document without errors and reads it again.
func checkRoundTrip(t testing.TB, d rules.Document) {
	t.Helper()
	text := printed(t, d)
	again, diags := rules.Parse("printed.yml", []byte(text))
	if err := diags.Err(); err != nil || len(again) != 1 {
		t.Fatalf("what was printed of %s is not read: %d documents, %v\n%s", d.Meta().Span, len(again), err, text)
	}
	if got, want := rules.Canonical(again[0]), rules.Canonical(d); got != want {
		t.Fatalf("printing changed %s\n--- got\n%s\n--- want\n%s", d.Meta().Span, got, want)
	}
	if got := printed(t, again[0]); got != text {
		t.Fatalf("printing %s twice differs\n--- first\n%s\n--- second\n%s", d.Meta().Span, text, got)
	}
	if got, want := trees(again[0]), trees(d); got != want {
		t.Fatalf("printing changed the conditions of %s\n got %s\nwant %s", d.Meta().Span, got, want)
	}
}

func trees(d rules.Document) string {
	var conditions []*rules.Condition
	switch d := d.(type) {
	case *rules.Rule:
		conditions = d.Detection.Conditions
	case *rules.Filter:
		conditions = d.Detection.Conditions
	case *rules.Correlation:
		if d.Expression != nil {
			conditions = append(conditions, d.Expression)
		}
	}
	var b strings.Builder
	for _, c := range conditions {
		b.WriteString(c.Root.String() + "\n")
	}
	return b.String()
}

// checkSpans verifies that every span below v lies in its file.
func checkSpans(t testing.TB, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			checkSpans(t, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			checkSpans(t, v.Index(i))
		}
	case reflect.Struct:
		switch s := v.Interface().(type) {
		case rules.Span:
			checkSpan(t, s)
			return
		case rules.Scalar:
			checkScalar(t, s)
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				checkSpans(t, v.Field(i))
			}
		}
	}
}

func checkScalar(t testing.TB, s rules.Scalar) {
	t.Helper()
	checkSpan(t, s.Span)
	checkSpan(t, s.At(0, len(s.Text)))
	checkSpan(t, s.At(len(s.Text), len(s.Text)))
	checkSpan(t, s.At(len(s.Text)/2, len(s.Text)))
}

func checkSpan(t testing.TB, s rules.Span) {
	t.Helper()
	if !s.Known() || s.File == nil {
		return
	}
	if s.End.Before(s.Start) {
		t.Fatalf("span ends at %v before it starts at %v", s.End, s.Start)
	}
	for _, p := range []rules.Position{s.Start, s.End} {
		if p.Line < 1 || p.Column < 1 || p.Column > 1+utf8.RuneCountInString(s.File.Line(p.Line)) {
			if lineEnds := strings.Count(string(s.File.Source), "\r"); lineEnds > 0 && p.Column <= 3+utf8.RuneCountInString(s.File.Line(p.Line)) {
				continue // a span may end within the line end CR LF
			}
			t.Fatalf("position %v is not in the file: line %q", p, s.File.Line(p.Line))
		}
	}
}

func fuzzSeeds(f *testing.F) {
	for _, dir := range []string{"ok", "err"} {
		names, _ := filepath.Glob(filepath.Join("testdata", dir, "*.yml"))
		for _, name := range names {
			if strings.Contains(name, "bomb") {
				continue // too slow to be a good seed
			}
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	rule := "title: t\nlogsource: {product: windows}\ndetection:\n    s:\n        a|contains|all: [x, 'y']\n    condition: %\n"
	for _, condition := range []string{"s", "not s", "'s or\n        not s'", ">-\n        1 of s*\n        and s", "[s, all of them]", "\"s\\\n        and s\""} {
		f.Add([]byte(strings.Replace(rule, "%", condition, 1)))
	}
	f.Add([]byte("title: \"a\\x41\\u00e9\\\n  b\"\nid: ~\nx: &a [1, 2.5, true, null, '']\ny: *a\nz: {<<: {q: 1}, r: |2\n  }\n"))
	f.Add([]byte("action: global\ntitle: t\n---\ndetection: {a: [b, {c: d}, [e]], condition: a}\n---\naction: repeat\n"))
	f.Add([]byte("title: t\ncorrelation:\n  type: event_count\n  rules: a\n  timespan: 5m\n  group-by: [b]\n  aliases: {b: {a: c}}\n  condition: {gte: 3, field: x}\n"))
	f.Add([]byte("title: t\nlogsource: {category: c}\nfilter: {rules: any, s: {a: b}, condition: not s}\n"))
	f.Add([]byte("! \"x\"0"))
	f.Add([]byte("? |\n a\n: b\n? >\n c\n: !!str d\n"))
}

func FuzzParse(f *testing.F) {
	fuzzSeeds(f)
	f.Fuzz(func(t *testing.T, source []byte) {
		docs, diags := rules.Parse("fuzz.yml", source)
		checkSpans(t, reflect.ValueOf(docs))
		checkSpans(t, reflect.ValueOf(diags))
		for _, d := range docs {
			if d.Meta().Invalid && !diagnosed(diags) {
				t.Fatalf("document is invalid without an error")
			}
			rules.ContentHash(d)
			if d.Meta().Invalid {
				printed(t, d)
				continue
			}
			checkRoundTrip(t, d)
		}
	})
}

func diagnosed(ds rules.Diagnostics) bool { return ds.Count(rules.Error) > 0 }

func FuzzCondition(f *testing.F) {
	for _, seed := range []string{"a", "a and not (b or c)", "1 of them", "all of sel_*", "any of x", "not not a", "(a and b) and c",
		"a or b and c or d", "2 of x", "a AND b", "a | count() > 3", "((a", "a b", "notepad and -", "1 of", "of", "a\n\tand b", "é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, diags := rules.ParseCondition(rules.NewScalar(text))
		if (c.Root == nil) != diagnosed(diags) {
			t.Fatalf("tree %v with diagnostics %v", c.Root, diags)
		}
		if c.Root == nil {
			return
		}
		again, diags := rules.ParseCondition(rules.NewScalar(c.Root.Text()))
		if again.Root == nil || again.Root.String() != c.Root.String() {
			t.Fatalf("%q printed as %q: %v", text, c.Root.Text(), diags)
		}
		if again.Root.Text() != c.Root.Text() {
			t.Fatalf("%q printed as %q and then as %q", text, c.Root.Text(), again.Root.Text())
		}
	})
}
