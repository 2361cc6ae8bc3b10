package textlog

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestW3CQuotes reads texts in quotes by the standard: two quotes stand for one, and
// a backslash for itself.
func TestW3CQuotes(t *testing.T) {
	tests := []struct {
		column string
		want   string
	}{
		{`"a b"`, "a b"},
		{`"a ""b"" c"`, `a "b" c`},
		{`"a ""b"""`, `a "b"`},
		{`"C:\Program Files\"`, `C:\Program Files\`},
		{`"5"x"`, `5"x`},
		{`"a \"b\" c"`, `a "b" c`}, // not the standard's
		{`"open`, `"open`},
		{`x"y"`, `x"y"`},
	}
	for _, test := range tests {
		got := decode("#Fields: x-text sc-status\n"+test.column+" 200\n", nil)
		v, _ := objectOf(strings.TrimPrefix(got[0], "w3c "))
		text, _ := v.Member("x-text")
		status, _ := v.Member("sc-status")
		if diff := cmp.Diff([]string{test.want, "200"}, []string{text.Text(), status.Text()}); diff != "" {
			t.Errorf("%s: %s%s", test.column, got, diff)
		}
	}
}

// TestW3CLongLine reads a line of quotes that are never closed in time that grows with
// its size.
func TestW3CLongLine(t *testing.T) {
	began := time.Now()
	decode("#Fields: a b\n"+strings.Repeat(`"a `, 1<<18)+"\n", nil)
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("a line of 768 KiB took %v", took)
	}
}

// TestW3CDate takes the date of lines that have only a time from the directive.
func TestW3CDate(t *testing.T) {
	got := decode("#Date: 2026-11-19 17:42:15\n#Fields: time cs-method\n17:42:16 GET\n#Start-Date: 2026-11-20 00:00:03\n00:00:04 GET\n"+
		"#Date: none\n#Fields: date time\n2026-11-21 17:42:15\n#Fields: time cs-method\n01:02:03 GET\n", nil)
	var times []string
	for _, record := range got {
		v, _ := objectOf(strings.TrimPrefix(record, "w3c "))
		time, _ := v.Member("timestamp")
		times = append(times, time.Text())
	}
	if diff := cmp.Diff([]string{"2026-11-19T17:42:16Z", "2026-11-20T00:00:04Z", "2026-11-21T17:42:15Z", ""}, times); diff != "" {
		t.Errorf("%s%s", got, diff)
	}
}
