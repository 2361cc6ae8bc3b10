package stix_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// A bundle is made for tests: techniques over three tactics, of which every third
// is revoked by the one before, used by groups and detected by strategies.
type bundle struct {
	techniques int
	padding    int    // bytes of description of each object
	few        bool   // groups: two instead of twenty
	version    string // "" for STIX 2.0, which has no collection
	change     func(object map[string]any) (keep bool)
}

type raw = map[string]any

func id(kind string, n int) string { return fmt.Sprintf("%s--00000000-0000-4000-8000-%012d", kind, n) }

func ref(attackID string) []raw {
	return []raw{{"source_name": "capec", "external_id": "CAPEC-1"}, {"source_name": "mitre-attack", "external_id": attackID}}
}

// write writes the bundle and returns how many objects it has.
func (b bundle) write(out io.Writer) int {
	w := bufio.NewWriter(out)
	defer w.Flush()
	spec := ""
	if b.version == "" {
		spec = `"spec_version":"2.0",`
	}
	fmt.Fprintf(w, `{"type":"bundle","id":"bundle--1",%s"objects":[`, spec)
	n := 0
	b.objects(func(o raw) {
		if b.version != "" {
			o["spec_version"] = "2.1"
		}
		if b.padding > 0 {
			o["description"] = strings.Repeat("What adversaries do, \"quoted\" and told at length.\n", b.padding/50)
		}
		if b.change != nil && !b.change(o) {
			return
		}
		if n++; n > 1 {
			w.WriteByte(',')
		}
		text, _ := json.Marshal(o)
		w.Write(text)
	})
	w.WriteString("]}\n")
	return n
}

var keys = []string{"first-step", "second-step", "third-step"}

func (b bundle) objects(add func(raw)) {
	if b.version != "" {
		add(raw{"type": "x-mitre-collection", "id": id("x-mitre-collection", 1), "name": "Enterprise ATT&CK", "x_mitre_version": b.version, "modified": "2026-01-02T00:00:00.000Z"})
	}
	var tactics []string
	for i, key := range keys {
		tactics = append(tactics, id("x-mitre-tactic", i))
		add(raw{"type": "x-mitre-tactic", "id": tactics[i], "name": "Step " + key, "x_mitre_shortname": key, "external_references": ref(fmt.Sprintf("TA%04d", i)), "modified": "2025-05-06T00:00:00.000Z"})
	}
	add(raw{"type": "x-mitre-matrix", "id": id("x-mitre-matrix", 1), "tactic_refs": tactics, "external_references": ref("enterprise-attack")})
	add(raw{"type": "x-mitre-data-component", "id": id("x-mitre-data-component", 1), "name": "Process Creation", "external_references": ref("DC0032")})
	for g := range b.groups() {
		add(raw{"type": "intrusion-set", "id": id("intrusion-set", g), "name": fmt.Sprintf("Group %d", g), "external_references": ref(fmt.Sprintf("G%04d", g))})
	}
	for i := range b.techniques {
		b.technique(i, add)
	}
}

func (b bundle) groups() int {
	if b.few {
		return 2
	}
	return 20
}

func (b bundle) technique(i int, add func(raw)) {
	at := id("attack-pattern", i)
	revoked := i%3 == 2
	add(raw{"type": "attack-pattern", "id": at, "name": fmt.Sprintf("Technique %d", i), "revoked": revoked, "x_mitre_platforms": []string{"Windows", "Linux"},
		"kill_chain_phases": []raw{{"kill_chain_name": "mitre-attack", "phase_name": keys[i%3]}}, "external_references": ref(fmt.Sprintf("T%04d", i))})
	link := func(n int, kind, from, to string) {
		add(raw{"type": "relationship", "id": id("relationship", i*100+n), "relationship_type": kind, "source_ref": from, "target_ref": to})
	}
	if revoked {
		link(0, "revoked-by", at, id("attack-pattern", i-1))
		return
	}
	add(raw{"type": "x-mitre-analytic", "id": id("x-mitre-analytic", i), "x_mitre_platforms": []string{"Windows"}, "external_references": ref(fmt.Sprintf("AN%04d", i)),
		"x_mitre_log_source_references": []raw{{"x_mitre_data_component_ref": id("x-mitre-data-component", 1), "name": "WinEventLog:Sysmon", "channel": "EventCode=1"}}})
	add(raw{"type": "x-mitre-detection-strategy", "id": id("x-mitre-detection-strategy", i), "x_mitre_analytic_refs": []string{id("x-mitre-analytic", i)}, "external_references": ref(fmt.Sprintf("DET%04d", i))})
	link(1, "detects", id("x-mitre-detection-strategy", i), at)
	for g := range b.groups() {
		link(2+g, "uses", id("intrusion-set", g), at)
	}
}

// bundleOf writes a bundle of one object.
func bundleOf(o raw) string {
	text, _ := json.Marshal(o)
	return `{"type":"bundle","objects":[` + string(text) + `]}`
}

// rename gives an object another id in ATT&CK.
func rename(o raw, kind string, n int, attackID string) {
	if o["id"] == id(kind, n) {
		o["external_references"] = ref(attackID)
	}
}

// set gives an object another value of a property.
func set(o raw, kind string, n int, property string, value any) bool {
	if o["id"] == id(kind, n) {
		o[property] = value
	}
	return true
}

// without takes a property from an object.
func without(o raw, kind string, n int, property string) bool {
	if o["id"] == id(kind, n) {
		delete(o, property)
	}
	return true
}

// unphase takes a technique out of its tactic.
func unphase(o raw, n int) bool {
	if o["id"] == id("attack-pattern", n) {
		o["kill_chain_phases"] = []raw{{"kill_chain_name": "another", "phase_name": keys[0]}}
	}
	return true
}

func counts(tactics, techniques, detected int) string {
	return fmt.Sprintf("%d tactics, %d techniques, %d with a detection", tactics, techniques, detected)
}
