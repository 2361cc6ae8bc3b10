package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

const wideTexts = `title: Shadow copies deleted
id: 929a690e-bef0-4204-a928-ef5e620d6fcc
logsource: {category: process_creation, product: windows}
detection:
    selection: {EventID: 1, Image|endswith: '\vssadmin.exe', ParentImage|contains: '\eve\'}
    condition: selection
---
title: One part alone
id: 0b1e5e5d-0d0f-4f1e-9d3b-6f0c53a6e0a2
logsource: {category: process_creation, product: windows}
detection:
    selection: {EventID: 1, Image|endswith: '\net.exe'}
    condition: selection
---
title: With an exclusion
id: 5f1c1a8e-7c3b-4f64-9f0e-2d2f3d9f6a11
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: '\net.exe', User|startswith: 'CORP'}
    filter: {ParentImage|contains: '\eve\'}
    condition: selection and not filter
---
title: Names both values
id: 7d3b1a52-3b0f-4a0e-8d3a-0c7e6f2b9a10
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: ['\vssadmin.exe', '\net.exe'], ParentImage|contains: ['\eve\', '\Suite\', 'explorer']}
    condition: selection
`

// wide replays the recordings of the tests against rules with a part left away.
func wide(t *testing.T, nth int) *collector {
	t.Helper()
	docs, diags := rules.Parse("r.yml", []byte(wideTexts))
	set, _ := rules.Assemble(docs)
	p, more := compiler.Compile(set, compiler.Options{})
	if len(p.Rules) != 4 {
		t.Fatal(diags, more)
	}
	c := newAltered(p, widened(nth, func(r *compiler.Rule) bool { return unexcluding(r) && r.Title != "Names both values" }))
	dir := recorded(t, 0)
	if err := c.replay(dir, []string{dir}); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestWidened: one of the parts that say more than which events a rule is about is left
// away, of rules with several and without exclusions; neither the tuner nor the pool
// tells of it.
func TestWidened(t *testing.T) {
	var gone []string
	found := 0
	for nth := range 3 {
		c := wide(t, nth)
		altered := 0
		for i, r := range c.program.Rules {
			if c.gone[i] == nil {
				if c.wider[i] != r.Expr {
					t.Errorf("%s is changed, and nothing is left away", r.Title)
				}
				continue
			}
			altered++
			gone = append(gone, strings.Join(c.gone[i], " "))
			if r.Title != "Shadow copies deleted" {
				t.Errorf("%s is widened", r.Title)
			}
		}
		if want := one(nth < 2); altered != want { // the event id stays
			t.Errorf("part %d: %d rules are widened, want %d", nth, altered, want)
		}
		if nth == 2 {
			continue
		}
		for _, s := range firing(c.subjects()) {
			found++
			if s.protected.Count() != 12 || s.removable.Count() != 12*8 || s.removable.And(s.protected).Count() != 0 {
				t.Errorf("part %d: %d removable, %d protected", nth, s.removable.Count(), s.protected.Count())
			}
			for _, w := range s.input.Wanted {
				if strings.Contains(strings.ToUpper(w), strings.Trim(gone[nth], `*\ `)) {
					t.Errorf("the tuner is told of %s: %s", gone[nth], w)
				}
			}
			if n := s.pool.Count(); n != 12*3 { // net.exe alone: the rule that names the value tells nothing
				t.Errorf("part %d: the pool has %d events", nth, n)
			}
		}
	}
	if found != 1 { // eve starts nothing else, so that without the program nothing is removable
		t.Errorf("%d subjects", found)
	}
	slices.Sort(gone)
	if len(gone) != 2 || gone[0] == gone[1] {
		t.Errorf("left away: %v", gone)
	}
}
