package proposal

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// entities returns the fields of all inputs of a correlation that say who or where:
// addresses first, then accounts and machines.
func (e *Evidence) entities(c *compiler.Correlation) []string {
	order := map[logsource.Kind]int{logsource.AddressKind: 1, logsource.AccountKind: 2, logsource.HostKind: 3}
	of := map[string]int{} // kind by name
	for i, in := range c.Inputs {
		source := trust.Logsource(e.Program.Rules[in.Rule])
		names, _ := e.Table.FieldNames(source)
		here := map[string]int{}
		for _, name := range names {
			if d := e.Table.DomainOf(source, name); d != nil && order[d.Kind] > 0 && (i == 0 || of[name] > 0) {
				here[name] = order[d.Kind]
			}
		}
		of = here
	}
	var out []string
	for name := range of {
		out = append(out, name)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(of[a], of[b]), cmp.Compare(a, b)) })
	return out
}

// groupable reports whether another grouping can be written where that of a correlation
// stands.
func groupable(c *compiler.Correlation) bool {
	_, ok := groupEdit(c.Source, c.GroupBy)
	return ok
}

// plainField is a name that needs no quotes.
var plainField = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// groupEdit writes names in the place of those of group-by. It is not ok if these do
// not stand together, or comments stand between them.
func groupEdit(c *rules.Correlation, names []string) (e Edit, ok bool) {
	if len(c.GroupBy) == 0 || c.GroupBy[0].Span.File == nil {
		return e, false
	}
	texts := map[string]string{}
	for i, old := range c.GroupBy {
		if !old.Span.Known() || old.Span.File != c.Span.File || i > 0 && !c.GroupBy[i-1].Span.End.Before(old.Span.Start) {
			return e, false // an alias: it stands where its anchor does
		}
		texts[old.Text] = old.Span.Text()
	}
	written := make([]string, len(names))
	for i, name := range names {
		switch text, known := texts[name]; {
		case known:
			written[i] = text
		case plainField.MatchString(name):
			written[i] = name
		default:
			written[i] = quoted(name)
		}
	}
	between, list := groupList(c)
	if !list {
		return e, false
	}
	e.Span = rules.Span{File: c.Span.File, Start: c.GroupBy[0].Span.Start, End: c.GroupBy[len(c.GroupBy)-1].Span.End}
	e.Text = strings.Join(written, between)
	if between == "" && len(written) > 1 {
		e.Text = "[" + strings.Join(written, ", ") + "]"
	}
	return e, true
}

// groupList returns what stands between the names of group-by: "" if it is a single one
// that is no list. It is not ok if anything else stands there.
func groupList(c *rules.Correlation) (between string, ok bool) {
	source := c.Span.File.Source
	from, _ := c.GroupBy[0].Span.Offsets()
	before := string(source[strings.LastIndexByte(string(source[:from]), '\n')+1 : from])
	switch lead := strings.TrimRight(before, " "); {
	case strings.TrimLeft(lead, " ") == "-":
		between = "\n" + before
		if strings.Contains(string(source), "\r\n") {
			between = "\r\n" + before
		}
	case strings.HasSuffix(lead, "["):
		between = ", "
	case strings.HasSuffix(lead, ":") && len(c.GroupBy) == 1:
		return "", true
	default:
		return "", false
	}
	for i := 1; i < len(c.GroupBy); i++ {
		_, end := c.GroupBy[i-1].Span.Offsets()
		start, _ := c.GroupBy[i].Span.Offsets()
		if got := string(source[end:start]); got != between && (between != ", " || strings.Trim(got, " ") != ",") {
			return "", false
		}
	}
	return between, true
}
