package report

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/feedback/audit"
	"github.com/socctl/socctl/rules"
)

// hostile is a rule whose every text is out for something.
const hostile = "title: \"<script>alert(1)</script> @all | `x` \\e[31m \\u202e\"\n" + `level: high
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains: lsass
    "filter<img src=x>` + "`" + `":
        - "a<b>c": 'x'
          CommandLine|contains: "` + "`" + `\e]0;owned\a|<script>"
    condition: selection and not 1 of filter*
`

func hostileAudit(t *testing.T) *FilterAuditRun {
	t.Helper()
	docs, diags := rules.Parse("<rules>/a|b.yml", []byte(hostile))
	set := &rules.Set{}
	for _, d := range docs {
		set.Add(d)
	}
	p, more := compiler.Compile(set, compiler.Options{})
	if len(p.Rules) != 1 {
		t.Fatalf("%v %v", diags, more)
	}
	r, err := audit.Run(context.Background(), p, nil)
	if err != nil || len(r.Exclusions) != 1 {
		t.Fatalf("%+v %v", r, err)
	}
	return &FilterAuditRun{Result: r, Verbose: true, Version: "v0"}
}

// Text of rules is text in every format: no markup, no control of a terminal, no
// cell of a table that ends early.
func TestFilterAuditIsEscaped(t *testing.T) {
	run := hostileAudit(t)
	for _, format := range FilterAuditFormats {
		var b bytes.Buffer
		if err := FilterAudit(&b, Style{}, format, run); err != nil {
			t.Fatal(err)
		}
		out := b.String()
		if format != "json" && strings.ContainsAny(out, "\x1b\x07\u202e") {
			t.Errorf("%s: a control character gets through", format)
		}
		if format == "html" && (strings.Contains(out, "<script>alert") || strings.Contains(out, "<img") || strings.Contains(out, "a<b>c")) {
			t.Errorf("html: markup gets through")
		}
		if format != "markdown" {
			continue
		}
		for _, line := range strings.Split(out, "\n") {
			if strings.HasPrefix(line, "| attacker") || strings.HasPrefix(line, "| spoofable") {
				if cells := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); cells != 7 {
					t.Errorf("markdown: %d bars in %q", cells, line)
				}
			}
		}
		if strings.Contains(out, "<script>") && !strings.Contains(out, "`<script>") && !strings.Contains(out, "¦<script>") {
			t.Errorf("markdown: markup gets through:\n%s", out)
		}
	}
}

func TestSentenceMarkdown(t *testing.T) {
	for text, want := range map[string]string{
		"name it `a|b` and *go*":  "name it `a¦b` and \\*go\\*",
		"one ` alone":             "one \\` alone",
		"have A contain ` `":      "have A contain “ ”",
		"plain <b>":               "plain &lt;b&gt;",
		"`<b>` first, then `x_y`": "`<b>` first, then `x_y`",
	} {
		if got := sentenceMarkdown(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
