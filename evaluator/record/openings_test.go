package record

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// What is told of how texts begin are lines that they begin with.
func TestOpenings(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(71, 72))
	told := 0
	for range 200 {
		c := &column{}
		kinds := 1 + dice.IntN(6)
		for row := range 1 + dice.IntN(400) {
			var lines []string
			for n := range dice.IntN(12) {
				line := fmt.Sprintf("kind %d line %d", row%kinds, n)
				if n > row%kinds {
					line += fmt.Sprint(" of ", dice.IntN(1<<dice.IntN(12)))
				}
				lines = append(lines, line+strings.Repeat("x", dice.IntN(300)/299*300))
			}
			text := strings.Join(lines, []string{"\n", "\r\n"}[dice.IntN(2)]) + []string{"", "\n"}[dice.IntN(2)]
			c.texts, c.code = append(c.texts, text), append(c.code, uint32(row))
		}
		x := openings{texts: c.texts, code: c.code, of: make([]uint32, len(c.code))}
		all := make([]int32, len(c.code))
		for i := range all {
			all[i] = int32(i)
		}
		x.divide(slices.Clone(all), 0, openingLines)
		again := openings{texts: c.texts, code: c.code, of: make([]uint32, len(c.code))}
		again.divide(all, 0, openingLines)
		if !slices.Equal(x.list, again.list) || !slices.Equal(x.of, again.of) {
			t.Fatal("the same texts are told of in two ways")
		}
		for row, n := range x.of {
			begin := x.list[n]
			if !strings.HasPrefix(c.texts[row], begin) || begin != "" && !strings.HasSuffix(begin, "\n") || strings.Count(begin, "\n") > openingLines {
				t.Fatalf("%q is said to begin with the lines %q", c.texts[row], begin)
			}
			told += len(begin)
		}
		if len(x.list)*2 > len(c.texts)+2 {
			t.Fatalf("%d texts begin in %d ways", len(c.texts), len(x.list))
		}
	}
	if told < 10000 {
		t.Errorf("only %d bytes are told", told)
	}
}

// registryKeys are events of registry keys from NXLog, of which the message alone tells what
// became of the key, on several pages.
func registryKeys(t *testing.T) []string {
	t.Helper()
	var records []string
	for i := range 5 * plainBytes / (2 * 16 << 10) {
		kind := []string{"CreateKey", "DeleteKey"}[i%7/4]
		message := fmt.Sprintf("Registry object added or deleted:\\r\\nRuleName: -\\r\\nEventType: %s\\r\\nUtcTime: 2026-03-02 10:%02d:%02d.%03d\\r\\nTargetObject: HKLM\\\\Key%d\\r\\n%s",
			kind, i/60%60, i%60, i%1000, i, strings.Repeat("more of it ", 16<<10/11))
		records = append(records, fmt.Sprintf(`{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":12,"EventType":"INFO","SourceName":"Microsoft-Windows-Sysmon","UtcTime":"2026-03-02 10:%02d:%02d.000","TargetObject":"HKLM\\Key%d","Image":"C:\\a.exe","Message":"%s"}`,
			i/60%60, i%60, i, message))
	}
	return records
}

const registryRules = `title: Deleted
logsource: {product: windows, category: registry_delete}
detection: {s: {EventType: DeleteKey}, condition: s}
---
title: Created
logsource: {product: windows, category: registry_add}
detection: {s: {EventType: CreateKey, TargetObject|endswith: '7'}, condition: s}
`

// What a view makes of the first lines of a text is found out without reading it.
func TestFirstLinesDecideWithoutTheText(t *testing.T) {
	t.Parallel()
	records := registryKeys(t)
	dir, _ := oneFile(t, records...)
	p := compiled(t, registryRules)
	g, c := messagesOf(t, dir)
	if c.dictionary.Begin == nil || len(c.chunk.pages) < 3 {
		t.Fatalf("nothing is told of how %d pages begin", len(c.chunk.pages))
	}
	if begin := c.dictionary.Begin(3); !strings.HasSuffix(begin, "EventType: CreateKey\r\n") || g.late != nil {
		t.Errorf("a text is said to begin with %q, %v", begin, g.late)
	}
	replay, found := replayedGroup(t, dir, p)
	deleted, created := 0, 0
	for i := range records {
		if i%7/4 == 1 {
			deleted++
		} else if i%10 == 7 {
			created++
		}
	}
	if len(found.Hits) != deleted+created {
		t.Errorf("%d hits, want %d and %d", len(found.Hits), deleted, created)
	}
	unread := 0
	for _, text := range replay.rowGroup.read["Message"].dictionary.Texts {
		if text == "" {
			unread++
		}
	}
	if unread == 0 { // of each kind one is read, to find out what it depends on
		t.Error("all pages were read")
	}
}

// What is told of openings and does not fit is damage.
func TestDamagedOpenings(t *testing.T) {
	t.Parallel()
	dir, _ := oneFile(t, registryKeys(t)...)
	g, c := messagesOf(t, dir)
	written, _ := g.footer.lookup(openingsKey + "Message")
	texts := c.chunk.texts()
	if _, of, err := g.readOpenings(written, texts); err != nil || len(of) != texts {
		t.Fatal(err, len(of))
	}
	for _, n := range []int{0, 1, texts - 1, texts + 1} {
		if _, _, err := g.readOpenings(written, n); err == nil {
			t.Errorf("openings of %d texts are read as those of %d", texts, n)
		}
	}
	for name, told := range map[string]string{"no Base64": "%", "no frame": "AAAA"} {
		if _, _, err := g.readOpenings(told, texts); err == nil {
			t.Errorf("%s: is read", name)
		}
	}
}
