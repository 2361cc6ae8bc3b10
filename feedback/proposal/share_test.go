package proposal

import (
	"context"
	"strings"
	"testing"

	"github.com/socctl/socctl/feedback/tuning"
)

// TestSharedFilterIsWithdrawnForAll: a filter of two rules that is right for one of them
// and hides an attack of the other is proposed for neither.
func TestSharedFilterIsWithdrawnForAll(t *testing.T) {
	for name, spoilt := range map[string]bool{"right": false, "wrong for one": true} {
		w := newWorld(t)
		w.judge(t, byParent)
		policy := tuning.Default()
		policy.Unproven = 0 // the same of the rule of which no attack is known
		r := w.proposeUnder(t, policy)
		shared := 0
		for i := range r.Rules {
			for k := range r.Rules[i].Proposals {
				p := &r.Rules[i].Proposals[k]
				if len(p.Rules) != 2 || p.ID != r.Rules[0].Proposals[0].ID || p.Document != r.Rules[0].Proposals[0].Document {
					t.Fatalf("not shared: %v %s", p.Rules, p.Document)
				}
				shared++
			}
		}
		if shared != 2 {
			t.Fatalf("%d proposals, want one for each rule: %+v", shared, r.Summary)
		}
		if spoilt {
			const selection = "selection:\n        ParentImage"
			for i := range r.Rules {
				p := &r.Rules[i].Proposals[0]
				p.Document = strings.Replace(p.Document, selection, "selection:\n        - Image|endswith: '\\vssadmin.exe'\n        - ParentImage", 1)
				if strings.Contains(p.Document, selection) {
					t.Fatal(p.Document)
				}
			}
		}
		if err := w.evidence.Verify(context.Background(), w.set, plainly, r); err != nil {
			t.Fatal(err)
		}
		if stopped := r.Summary.Proposals == 0; stopped != spoilt {
			t.Errorf("%s: %d proposals remain", name, r.Summary.Proposals)
		}
		why := ""
		for _, x := range r.Rules {
			why += strings.Join(x.Abstained, " ")
		}
		if strings.Contains(why, "shares with other rules") != spoilt {
			t.Errorf("%s: %q", name, why)
		}
	}
}
