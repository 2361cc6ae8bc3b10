package proposal

import (
	"strings"
	"testing"

	"github.com/socctl/socctl/rules"
)

func TestGroupEdit(t *testing.T) {
	t.Parallel()
	const head = "title: c\ncorrelation:\n    type: event_count\n    rules: [a]\n"
	const tail = "    timespan: 10m\n    condition: {gte: 3}\n"
	for name, c := range map[string]struct{ groupBy, names, want string }{
		"a field fewer":                 {"    group-by: [user, 'ip'] # c\n", "ip", "    group-by: ['ip'] # c\n"},
		"another in the place of one":   {"    group-by: [user, 'ip'] # c\n", "ip host", "    group-by: ['ip', host] # c\n"},
		"one more":                      {"    group-by: [ user ,ip ]\n", "user ip host", "    group-by: [ user, ip, host ]\n"},
		"of a list of lines":            {"    group-by:\n        - user\n        - \"ip\"  # c\n", "ip host", "    group-by:\n        - \"ip\"\n        - host  # c\n"},
		"of a list of lines, fewer":     {"    group-by:\n        - user\n        - ip\n", "user", "    group-by:\n        - user\n"},
		"with carriage returns":         {"    group-by:\r\n        - user\r\n", "user ip", "    group-by:\r\n        - user\r\n        - ip\r\n"},
		"a name alone":                  {"    group-by: user # c\n", "ip", "    group-by: ip # c\n"},
		"a name alone becomes two":      {"    group-by: user # c\n", "user ip", "    group-by: [user, ip] # c\n"},
		"a name that needs quotes":      {"    group-by: [user]\n", "it's:", "    group-by: ['it''s:']\n"},
		"a comment between":             {"    group-by:\n        - user # why\n        - ip\n", "ip", ""},
		"a comment between, on a line":  {"    group-by:\n        - user\n        # why\n        - ip\n", "ip", ""},
		"a list of several lines":       {"    group-by: [user,\n        ip]\n", "ip", ""},
		"a list of one with an anchor":  {"    group-by: &g [user]\n", "ip", "    group-by: &g [ip]\n"},
		"a name with an anchor is left": {"    group-by: [&u user]\n", "ip", ""},
	} {
		text := head + c.groupBy + tail
		docs, diags := rules.Parse("c.yml", []byte(text))
		if diags.Count(rules.Error) > 0 || len(docs) != 1 {
			t.Fatalf("%s: %v", name, diags)
		}
		got := ""
		if e, ok := groupEdit(docs[0].(*rules.Correlation), strings.Fields(c.names)); ok {
			b, err := Edited([]byte(text), []Edit{e})
			if err != nil {
				t.Fatal(err)
			}
			got = strings.TrimSuffix(strings.TrimPrefix(string(b), head), tail)
		}
		if got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}
