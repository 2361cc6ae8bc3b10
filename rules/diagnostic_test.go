package rules_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/socctl/socctl/rules"
)

func TestDiagnosticsErr(t *testing.T) {
	warning := rules.Diagnostic{Code: "a/b", Severity: rules.Warning, Message: "w"}
	first := rules.Diagnostic{Code: "c/d", Severity: rules.Error, Message: "first", Help: "do it"}
	if err := (rules.Diagnostics{warning}).Err(); err != nil {
		t.Errorf("a warning is no error: %v", err)
	}
	if err := (rules.Diagnostics{warning, first}).Err(); err == nil || err.Error() != ": error[c/d]: first (do it)" {
		t.Errorf("got %v", err)
	}
	err := rules.Diagnostics{first, warning, first}.Err()
	if want := ": error[c/d]: first (do it) (and 1 more errors)"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	var d rules.Diagnostic
	if !errors.As(err, &d) || d.Code != "c/d" {
		t.Errorf("the first diagnostic is lost in %v", err)
	}
}

func TestDiagnosticJSON(t *testing.T) {
	_, diags := rules.Parse("r.yml", []byte("title: a\ntitle: b\nlogsource: {product: x}\ndetection: {a: [x], condition: a}\n"))
	got, err := json.Marshal(diags)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"code":"schema/duplicate-key","severity":"error","path":"r.yml","start":{"line":2,"column":1},"end":{"line":2,"column":6},` +
		`"message":"key \"title\" is already defined in line 1",` +
		`"help":"a YAML parser keeps one of the two and drops the other: merge or rename them",` +
		`"related":[{"path":"r.yml","start":{"line":1,"column":1},"end":{"line":1,"column":6},"message":"first defined here"}]}]`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestNearest(t *testing.T) {
	candidates := []string{"contains", "endswith", "re", "lt", "all"}
	for name, want := range map[string]string{
		"contians": "contains", "Contains": "contains", "endswit": "endswith", "al": "all", "xx": "", "frobnicate": "", "": "",
	} {
		if got := rules.Nearest(name, candidates); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestScalarKinds(t *testing.T) {
	for text, want := range map[string]rules.ScalarKind{
		"": rules.NullScalar, "~": rules.NullScalar, "NULL": rules.NullScalar, "nULL": rules.StringScalar,
		"true": rules.BoolScalar, "FALSE": rules.BoolScalar, "yes": rules.StringScalar, "on": rules.StringScalar,
		"0": rules.IntScalar, "+7": rules.IntScalar, "-00000429": rules.IntScalar, "0o17": rules.IntScalar, "0x1F": rules.IntScalar,
		"0x": rules.StringScalar, "0b1": rules.StringScalar, "1_000": rules.StringScalar, "-": rules.StringScalar, "-0x1": rules.StringScalar,
		"1.": rules.FloatScalar, ".5": rules.FloatScalar, "1e3": rules.FloatScalar, "1e999": rules.FloatScalar, "-.inf": rules.FloatScalar,
		".": rules.StringScalar, "1e": rules.StringScalar, "1.2.3": rules.StringScalar, "12:30": rules.StringScalar, "2024-01-01": rules.StringScalar,
		"+-1": rules.StringScalar, "é": rules.StringScalar,
	} {
		if got := rules.NewPlainScalar(text).Kind; got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
	for text, want := range map[string]string{"0x1F": "31", "0o17": "15", "007": "007", "0xffffffffffffffffff": "4722366482869645213695", "1.50": "1.50"} {
		if got := rules.NewPlainScalar(text).DecimalText(); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
