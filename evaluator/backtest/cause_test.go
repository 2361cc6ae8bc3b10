package backtest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator"
)

func TestNormalise(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`C:\Users\m.meier\AppData\Local\Temp\a1.exe`:   `c:\users\<user>\appdata\local\temp\a<n>.exe`,
		`C:\Users\Public\x.exe`:                        `c:\users\public\x.exe`,
		`C:\Documents and Settings\Bob\x`:              `c:\documents and settings\<user>\x`,
		`/home/bob/.ssh/id_rsa`:                        `/home/<user>/.ssh/id_rsa`,
		`/Users/bob/x`:                                 `/users/<user>/x`,
		`{E2C04BB9-08C3-60C4-7809-000000000300}`:       `{<guid>}`,
		`S-1-5-21-1004336348-1177238915-682003330-512`: `<sid>`,
		`S-1-5-18`:                               `s-<n>-<n>-<n>`,
		`0x1fffff`:                               `<hex>`,
		`MD5=B14CD8F455D772BD153AF48ED33FF48E,X`: `md<n>=<hex>,x`,
		`deadbeef cafe facade`:                   `deadbeef cafe facade`,
		`10.0.18362.1500`:                        `<n>.<n>.<n>.<n>`,
		`rundll32 a.dll,#42`:                     `rundll<n> a.dll,#<n>`,
		"":                                       "",
		`\users\`:                                `\users\`,
		"\xff\xfe1":                              "\uFFFD\uFFFD<n>",
		`-enc 4f6b6179abcdef1234567890 end`:      `-enc <hex> end`,
		`a1b2c3d4e5f6g7`:                         `a<n>b<n>c<n>d<n>e<n>f<n>g<n>`,
		`ffffffff-ffff-ffff-ffff-ffffffffffff`:   `<guid>`,
		`12345678-1234-1234-1234-123456789012 and 12345678-1`: `<guid> and <n>-<n>`,
	} {
		if got := normalise(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// The fingerprint is a promise: another one needs another ContextVersion.
func TestCauseOf(t *testing.T) {
	t.Parallel()
	event := func(user, line string) evaluator.Event {
		return evaluator.Map{"EventID": 4688, "CommandLine": `C:\Users\` + user + `\a.exe ` + line, "Other": user}
	}
	fields := []string{"CommandLine", "EventID", "Missing"}
	one := new(contexts).of(fields, false, event("bob", "17"))
	if pinned := "7fe05e935554fe09"; one.key.String() != pinned {
		t.Errorf("fingerprint %s, want %s", one.key, pinned)
	}
	if other := new(contexts).of(fields, false, event("alice", "99")); other.key != one.key {
		t.Error("names and numbers count")
	}
	if other := new(contexts).of(fields, false, event("bob", "x")); other.key == one.key {
		t.Error("words do not count")
	}
	want := []ContextField{{"CommandLine", `c:\users\<user>\a.exe <n>`}, {"EventID", "4688"}}
	if len(one.fields) != 2 || one.fields[0] != want[0] || one.fields[1] != want[1] {
		t.Errorf("%v", one.fields)
	}
}

// Values that were there before become what they would become.
func TestContextsRemember(t *testing.T) {
	t.Parallel()
	var c contexts
	for i := range 3 * maxNormalised {
		for _, text := range []string{fmt.Sprintf(`C:\Users\%d\a%d.exe`, i, i%5), "cmd.exe /c whoami", strings.Repeat("x 17 ", maxRemembered/4)} {
			if got, want := c.normalise(text), normalise(text); got != want {
				t.Fatalf("%q becomes %q, not %q", text, got, want)
			}
		}
		if len(c.normalised) > maxNormalised {
			t.Fatalf("%d values are remembered", len(c.normalised))
		}
	}
}

func FuzzNormalise(f *testing.F) {
	f.Add(`C:\Users\a\b {E2C04BB9-08C3-60C4-7809-000000000300} S-1-5-21-1 0xff 12`)
	f.Fuzz(func(t *testing.T, text string) {
		once := normalise(text)
		if len(once) > 8*maxContextText {
			t.Errorf("%d bytes of %d", len(once), len(text))
		}
	})
}
