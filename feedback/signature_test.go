package feedback_test

import (
	"crypto/ed25519"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/socctl/socctl/feedback"
)

// keyOf makes the same key for the same name.
func keyOf(name string) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	copy(seed, name)
	return ed25519.NewKeyFromSeed(seed)
}

func signing() feedback.Policy {
	p := feedback.DefaultPolicy()
	for name, signs := range map[string][]string{"alice": {"human:alice"}, "bots": {"agent:*"}, "desk": {"human:*", "agent:triage"}} {
		p.Signatures.Keys = append(p.Signatures.Keys, feedback.Key{Name: name, Public: keyOf(name).Public().(ed25519.PublicKey), Signs: signs})
	}
	p.Signatures.Required = []feedback.Kind{feedback.Human, feedback.Agent}
	return p
}

func signed(t *testing.T, v feedback.Verdict, by string) feedback.Verdict {
	t.Helper()
	if err := v.Sign(by, keyOf(by)); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestSignatureCoversEverything changes each member of a signed record: no signature
// holds any more. It survives being written and read.
func TestSignatureCoversEverything(t *testing.T) {
	p := signing()
	v := signed(t, said("human:alice", feedback.FalseLogic, "a", 1, func(v *feedback.Verdict) {
		v.Ext = json.RawMessage(`{"b":1.50,"a":[ "é\u2028",{"z":null,"y":true}]}`)
		v.Reason = &feedback.Reason{Code: "X", Text: "line\nline\t\"\u0001"}
	}), "alice")
	text, err := v.AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	back, err := feedback.DecodeRecord(text)
	if err != nil {
		t.Fatal(err)
	}
	if key, err := p.Signatures.Verify(&back); err != nil || key.Name != "alice" {
		t.Errorf("read back: %v %v", key, err)
	}
	half := 0.5
	for name, change := range map[string]func(*feedback.Verdict){
		"verdict":      func(v *feedback.Verdict) { v.Verdict = feedback.BenignExpected },
		"time":         func(v *feedback.Verdict) { v.Time = v.Time.Add(1) },
		"event":        func(v *feedback.Verdict) { v.Alert.EventFP = []string{hash("other")} },
		"rule":         func(v *feedback.Verdict) { v.Alert.RuleID = "other" },
		"hash":         func(v *feedback.Verdict) { v.Alert.RuleHash = hash("other") },
		"context":      func(v *feedback.Verdict) { v.Alert.ContextFP = "other" },
		"confidence":   func(v *feedback.Verdict) { v.Confidence = &half },
		"scope":        func(v *feedback.Verdict) { v.Scope = feedback.ScopeIncident },
		"investigator": func(v *feedback.Verdict) { v.Investigator.ID = "eve" },
		"session":      func(v *feedback.Verdict) { v.Investigator.Session = "s" },
		"review": func(v *feedback.Verdict) {
			v.ReviewedBy = []feedback.Review{{Kind: feedback.Human, ID: "bob", Time: v.Time}}
		},
		"reason":     func(v *feedback.Verdict) { v.Reason = nil },
		"supersedes": func(v *feedback.Verdict) { v.Supersedes = hash("other") },
		"expires":    func(v *feedback.Verdict) { at := v.Time.AddDate(1, 0, 0); v.Expires = &at },
		"ext":        func(v *feedback.Verdict) { v.Ext = json.RawMessage(`{"b":1.5,"a":["é\u2028",{"z":null,"y":false}]}`) },
	} {
		changed := back
		change(&changed)
		changed.Seal()
		if _, err := p.Signatures.Verify(&changed); err == nil {
			t.Errorf("%s: the signature still holds", name)
		}
	}
	spaced := back
	spaced.Ext = json.RawMessage(`{ "a": ["é` + "\u2028" + `", {"y": true, "z": null}], "b": 15e-1 }`)
	if _, err := p.Signatures.Verify(&spaced); err != nil {
		t.Errorf("the same JSON in other clothes: %v", err)
	}
}

func TestVerify(t *testing.T) {
	p := signing()
	v := said("human:alice", feedback.FalseLogic, "a", 1)
	forged := signed(t, v, "bots")
	forged.Sig = strings.Replace(forged.Sig, ":bots:", ":alice:", 1)
	other := signed(t, v, "alice")
	other.Sig = strings.Replace(other.Sig, ":alice:", ":bob:", 1)
	for name, c := range map[string]struct {
		v    feedback.Verdict
		want string
	}{
		"not signed":          {v, "unsigned"},
		"right":               {signed(t, v, "alice"), "alice"},
		"may for all people":  {signed(t, v, "desk"), "desk"},
		"may not for people":  {signed(t, v, "bots"), "bots may not sign for human:alice"},
		"may not for another": {signed(t, said("human:bob", feedback.FalseLogic, "a", 1), "alice"), "alice may not sign for human:bob"},
		"of another key":      {forged, "it is not that of alice over this record"},
		"of an unknown key":   {other, `no key is called "bob"`},
	} {
		got := "unsigned"
		key, err := p.Signatures.Verify(&c.v)
		switch {
		case err != nil:
			got = err.Error()
		case key != nil:
			got = key.Name
		}
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	for _, sig := range []string{"x", "ed25519:alice", "ed25519:alice:AAAA", "ed25519:alice:!!", "rsa:alice:AAAA"} {
		v.Sig = sig
		if _, err := p.Signatures.Verify(&v); err == nil || !strings.Contains(err.Error(), "not of the form") {
			t.Errorf("%s: %v", sig, err)
		}
	}
}

// TestUnprovenVerdicts folds verdicts whose signatures do not hold: they support
// nothing, take nothing back and review nothing, but protect.
func TestUnprovenVerdicts(t *testing.T) {
	p := signing()
	class := func(event string, all ...feedback.Verdict) string {
		s := feedback.Fold(all, feedback.FoldOptions{Policy: p})
		l := s.Labels("r").Of(hash(event))
		out := l.Class.String()
		for _, d := range s.Problems {
			out += " " + strings.TrimPrefix(d.Code, "verdict/")
		}
		return out
	}
	benign, attack := said("human:alice", feedback.FalseLogic, "a", 1), said("human:alice", feedback.Malicious, "a", 1)
	bad := signed(t, benign, "bots")
	back := func(of feedback.Verdict, by string, sign string) feedback.Verdict {
		v := said(by, feedback.FalseLogic, "a", 2, func(v *feedback.Verdict) { v.Supersedes = of.UID })
		if sign != "" {
			v = signed(t, v, sign)
		}
		return v
	}
	reviewed := said("agent:triage", feedback.FalseLogic, "a", 1, func(v *feedback.Verdict) {
		v.ReviewedBy = []feedback.Review{{Kind: feedback.Human, ID: "alice", Time: v.Time}}
	})
	for name, c := range map[string]struct {
		all  []feedback.Verdict
		want string
	}{
		"signed supports":                       {[]feedback.Verdict{signed(t, benign, "alice")}, "supporting"},
		"unsigned does not":                     {[]feedback.Verdict{benign}, "unknown unsigned"},
		"wrongly signed does not":               {[]feedback.Verdict{bad}, "unknown bad-signature"},
		"unsigned protects":                     {[]feedback.Verdict{attack}, "protected unsigned"},
		"signed takes back":                     {[]feedback.Verdict{attack, back(attack, "human:alice", "alice")}, "supporting unsigned"},
		"unsigned takes nothing back":           {[]feedback.Verdict{signed(t, attack, "alice"), back(attack, "human:alice", "")}, "protected supersede-refused unsigned"},
		"a wrong copy does not shadow it":       {[]feedback.Verdict{bad, signed(t, benign, "alice")}, "supporting uid-conflict"},
		"an unsigned copy does not shadow it":   {[]feedback.Verdict{benign, signed(t, benign, "alice")}, "supporting uid-conflict"},
		"an agent cannot claim a review":        {[]feedback.Verdict{signed(t, reviewed, "bots")}, "unknown"},
		"whoever may sign for the reviewer can": {[]feedback.Verdict{signed(t, reviewed, "desk")}, "supporting"},
	} {
		if got := class("a", c.all...); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		slices.Reverse(c.all)
		if got := class("a", c.all...); got != c.want {
			t.Errorf("%s, the other way round: %s, want %s", name, got, c.want)
		}
	}
}

// TestForgedVerdictsNeverUnprotect adds random verdicts without a valid signature to
// random signed ones: nothing that was protected is not any more, and nothing supports
// that did not.
func TestForgedVerdictsNeverUnprotect(t *testing.T) {
	p := signing()
	r := rand.New(rand.NewPCG(3, 4))
	lost := 0
	for range 400 {
		var honest, forged []feedback.Verdict
		for range 1 + r.IntN(5) {
			honest = append(honest, signed(t, anything(r, nil), "desk"))
		}
		for range 1 + r.IntN(5) {
			v := anything(r, honest)
			if r.IntN(2) == 0 {
				v = signed(t, v, "bots")
				v.Sig = strings.Replace(v.Sig, "bots", "desk", 1)
			}
			forged = append(forged, v)
		}
		before := feedback.Fold(honest, feedback.FoldOptions{Policy: p}).Labels("r")
		after := feedback.Fold(slices.Concat(honest, forged), feedback.FoldOptions{Policy: p}).Labels("r")
		for _, e := range []string{"a", "b"} {
			b, a := before.Of(hash(e)), after.Of(hash(e))
			if a.Class < b.Class && b.Class == feedback.Protected || a.Class == feedback.Supporting && (b.Class != feedback.Supporting || a.Weight > b.Weight) {
				t.Fatalf("%s was %s (%g) and is %s (%g)", e, b.Class, b.Weight, a.Class, a.Weight)
			}
			if a.Class != b.Class {
				lost++
			}
		}
	}
	if lost == 0 {
		t.Error("no forged verdict changed anything: the cases show too little")
	}
}

func anything(r *rand.Rand, known []feedback.Verdict) feedback.Verdict {
	who := []string{"human:alice", "human:bob", "agent:triage"}[r.IntN(3)]
	return said(who, feedback.Outcomes()[r.IntN(8)], []string{"a", "b"}[r.IntN(2)], 1+r.IntN(6), func(v *feedback.Verdict) {
		if len(known) > 0 && r.IntN(2) == 0 {
			v.Supersedes = known[r.IntN(len(known))].UID
		}
	})
}
