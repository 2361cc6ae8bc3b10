package rules_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/socctl/socctl/rules"
)

func ref(name string) *rules.Expr { return &rules.Expr{Op: rules.Ref, Name: name} }

func op(op rules.ExprOp, args ...*rules.Expr) *rules.Expr { return &rules.Expr{Op: op, Args: args} }

func TestExprText(t *testing.T) {
	a, b, c := ref("a"), ref("b"), ref("c")
	tests := []struct {
		tree *rules.Expr
		want string
	}{
		{a, "a"},
		{op(rules.And, a, b, c), "a and b and c"},
		{op(rules.And, op(rules.And, a, b), c), "(a and b) and c"},
		{op(rules.Or, op(rules.And, a, b), c), "a and b or c"},
		{op(rules.And, op(rules.Or, a, b), c), "(a or b) and c"},
		{op(rules.Or, a, op(rules.Or, b, c)), "a or (b or c)"},
		{op(rules.Not, op(rules.Not, a)), "not not a"},
		{op(rules.Not, op(rules.And, a, b)), "not (a and b)"},
		{op(rules.And, op(rules.Not, a), b), "not a and b"},
		{op(rules.Not, &rules.Expr{Op: rules.OneOf, Name: "x*"}), "not 1 of x*"},
		{op(rules.Or, &rules.Expr{Op: rules.AllOf, Name: "them"}, a), "all of them or a"},
	}
	for _, tt := range tests {
		got := tt.tree.Text()
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.tree, got, tt.want)
		}
		if c, diags := rules.ParseCondition(rules.NewScalar(got)); len(diags) > 0 || c.Root.String() != tt.tree.String() {
			t.Errorf("%q is read as %v, want %v", got, c.Root, tt.tree)
		}
	}
}

// TestPrintFromMemory prints a rule that no file holds.
func TestPrintFromMemory(t *testing.T) {
	rule := &rules.Rule{
		Header:    rules.Header{Title: rules.NewScalar("A rule"), Date: rules.NewScalar("2024-01-05"), Tags: []rules.Scalar{rules.NewScalar("attack.t1059")}},
		Logsource: rules.Logsource{Product: rules.NewScalar("windows")},
		Detection: rules.Detection{
			Selections: []*rules.Selection{
				{Name: rules.NewScalar("sel"), Body: &rules.Block{Items: []*rules.Item{
					{Field: rules.NewScalar("Image"), Modifiers: []rules.Modifier{{Name: "endswith"}}, Values: []rules.Scalar{rules.NewScalar(`\a.exe`), rules.NewScalar("5")}},
					{Field: rules.NewScalar("EventID"), Values: []rules.Scalar{rules.NewPlainScalar("5")}},
				}}},
				{Name: rules.NewScalar("words"), Body: &rules.Block{Items: []*rules.Item{{Values: []rules.Scalar{rules.NewScalar("x"), rules.NewScalar("y")}}}}},
			},
			Conditions: []*rules.Condition{{Root: op(rules.And, ref("sel"), op(rules.Not, ref("words")))}},
		},
	}
	want := `title: A rule
date: 2024-01-05
tags:
    - attack.t1059
logsource:
    product: windows
detection:
    sel:
        Image|endswith:
            - \a.exe
            - '5'
        EventID: 5
    words:
        - x
        - 'y'
    condition: sel and not words
`
	if got := printed(t, rule); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	checkRoundTrip(t, rule)
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestPrintReportsWriteErrors(t *testing.T) {
	docs, _ := rules.Parse("r.yml", []byte(minimal))
	if err := rules.Print(brokenWriter{}, docs[0]); err == nil {
		t.Error("no error")
	}
}

// TestContentHash checks what the hash is blind to and what it sees.
func TestContentHash(t *testing.T) {
	hash := func(source string) string {
		docs, diags := rules.Parse("r.yml", []byte(source))
		if err := diags.Err(); err != nil {
			t.Fatal(err)
		}
		return rules.ContentHash(docs[0])
	}
	base := "title: t\nlogsource: {product: x}\ndetection: {a: {f|re|i: [x, 1]}, b: [y], condition: a and (b)}\n"
	want := hash(base)
	if !strings.HasPrefix(want, "sha256:") || len(want) != len("sha256:")+64 {
		t.Errorf("hash is %q", want)
	}
	for _, same := range []string{
		strings.Replace(base, "title: t", "title: other\nid: 6b2f0e66-4a0f-4f0a-9c66-8f5f3a2b7d10\nlevel: high\ntags: [a.b]\ncustom: 1", 1),
		strings.Replace(base, "product: x", "definition: d, product: 'x'", 1),
		strings.Replace(base, "a and (b)", "\"(a)  and b\"", 1),
		strings.Replace(base, "|i:", "|ignorecase:", 1),
		strings.ReplaceAll(base, "\n", "\r\n"),
	} {
		if hash(same) != want {
			t.Errorf("other hash for\n%s", same)
		}
	}
	for _, other := range []string{
		strings.Replace(base, "product: x", "product: z", 1),
		strings.Replace(base, "1]", "'1']", 1),
		strings.Replace(base, "a and", "b and", 1),
		strings.Replace(base, "|i:", ":", 1),
		strings.Replace(base, "b: [y]", "b: y", 1),
	} {
		if hash(other) == want {
			t.Errorf("same hash for\n%s", other)
		}
	}
}
