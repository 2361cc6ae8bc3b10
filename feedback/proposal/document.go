package proposal

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules/layout"
)

// namespace is that of the ids of proposed filters (RFC 9562, version 5).
const namespace = "2b0f3c6e-5d0a-5c55-9a43-7b8f5f1f6f10"

// idOf returns the id of the filter of a rule by a clause: always the same.
func idOf(rule, clause string) string { return UUID(namespace, rule+"\x00"+clause) }

// days are how long a filter holds before it has to be renewed.
func days(t tuning.Tier) int {
	switch t {
	case tuning.A1:
		return 180
	case tuning.A2:
		return 90
	}
	return 30
}

// document is a filter in the making.
type document struct {
	rule     *compiler.Rule
	clause   tuning.Clause
	tier     tuning.Tier
	owner    string
	evidence string
	now      time.Time
}

func (d *document) id() string { return idOf(ruleName(d.rule), d.clause.String()) }

func ruleName(r *compiler.Rule) string {
	if r.ID != "" {
		return r.ID
	}
	return r.Source.Name.Text
}

// path is where the filter belongs, below the folder of filters.
func (d *document) path() string {
	base := path.Base(d.rule.Source.Span.Path())
	return strings.TrimSuffix(base, path.Ext(base)) + "_" + d.id()[:8] + ".yml"
}

func (d *document) expires() string {
	return d.now.UTC().AddDate(0, 0, days(d.tier)).Format(time.DateOnly)
}

// String returns the document. The clause stands as a selection that the condition
// negates.
func (d *document) String() string {
	var b strings.Builder
	line := func(indent int, key, value string) {
		fmt.Fprintf(&b, "%s%s: %s\n", strings.Repeat("    ", indent), key, value)
	}
	line(0, "title", quoted("Not "+d.rule.Title))
	line(0, "id", d.id())
	line(0, "description", quoted("Proposed by socctl tune from verdicts: alerts of this kind were no attacks."))
	line(0, "date", d.now.UTC().Format(time.DateOnly))
	b.WriteString("logsource:\n")
	for _, part := range [][2]string{{"category", d.rule.Category}, {"product", d.rule.Product}, {"service", d.rule.Service}} {
		if part[1] != "" {
			line(1, part[0], quoted(part[1]))
		}
	}
	b.WriteString("filter:\n    rules:\n        - " + ruleName(d.rule) + "\n    selection:\n")
	b.WriteString(Selection(d.clause, 8))
	b.WriteString("    condition: not selection\nsocctl:\n")
	line(1, "owner", quoted(d.owner))
	line(1, "expires", d.expires())
	line(1, "tier", string(d.tier))
	line(1, "evidence", quoted(d.evidence))
	line(1, "rule_hash", quoted(d.rule.Hash))
	return b.String()
}

// quoted returns a scalar of YAML. What cannot be seen is escaped.
func quoted(text string) string {
	if s, ok := layout.SingleQuoted(text); ok {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\x%02X`, r)
		case r == 0xFFFD || r >= 0x20 && r < 0x7f:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\U%08X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
