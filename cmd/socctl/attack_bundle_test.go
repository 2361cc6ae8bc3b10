package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// writeBundles writes small bundles of ATT&CK into a folder: one as MITRE
// publishes them today, one of STIX 2.0 with the older model of detection, one of
// another domain, one in which techniques replace each other in a circle, one with an
// id that a table of facts cannot hold, and one that is cut off.
func writeBundles(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	texts := map[string][]byte{
		"enterprise-20.0.json": bundleText("enterprise-attack", "20.0", false),
		"stix20.json":          bundleText("enterprise-attack", "", false),
		"mobile-20.0.json":     bundleText("mobile-attack", "20.0", false),
		"circle.json":          bundleText("enterprise-attack", "20.0", true),
	}
	named := `"name":"Process Creation"`
	comma := `"external_references":[{"source_name":"mitre-attack","external_id":"DC,1"}],` + named
	texts["comma.json"] = bytes.Replace(texts["enterprise-20.0.json"], []byte(named), []byte(comma), 1)
	texts["cut.json"] = texts["stix20.json"][:9000]
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func bundleText(domain, release string, circle bool) []byte {
	type object = map[string]any
	id := func(kind string, n int) string { return fmt.Sprintf("%s--00000000-0000-4000-8000-%012d", kind, n) }
	ref := func(text string) []object {
		return []object{{"source_name": "mitre-attack", "external_id": text}}
	}
	link := func(n int, kind, from, to string) object {
		return object{"type": "relationship", "id": id("relationship", n), "relationship_type": kind, "source_ref": from, "target_ref": to}
	}
	tactic, component := id("x-mitre-tactic", 1), id("x-mitre-data-component", 1)
	all := []object{
		{"type": "x-mitre-matrix", "id": id("x-mitre-matrix", 1), "tactic_refs": []string{tactic}, "external_references": ref(domain)},
		{"type": "x-mitre-tactic", "id": tactic, "name": "Execution", "x_mitre_shortname": "execution", "external_references": ref("TA0002")},
		{"type": "x-mitre-data-component", "id": component, "name": "Process Creation"},
	}
	if release != "" {
		all = append(all, object{"type": "x-mitre-collection", "id": id("x-mitre-collection", 1), "x_mitre_version": release, "modified": "2026-11-10T00:00:00.000Z"})
	}
	for n := range 60 {
		all = append(all, object{"type": "attack-pattern", "id": id("attack-pattern", n), "name": fmt.Sprintf("Technique %d", n), "modified": "2026-10-31T10:00:00.000Z",
			"revoked": n == 0 || circle && n == 1, "x_mitre_platforms": []string{"Windows"}, "external_references": ref(fmt.Sprintf("T%d", 3000+n)),
			"kill_chain_phases": []object{{"kill_chain_name": "mitre-attack", "phase_name": "execution"}}}, link(n, "detects", component, id("attack-pattern", n)))
	}
	all = append(all, link(100, "revoked-by", id("attack-pattern", 0), id("attack-pattern", 1)))
	if circle {
		all = append(all, link(101, "revoked-by", id("attack-pattern", 1), id("attack-pattern", 0)))
	}
	text, err := json.Marshal(object{"type": "bundle", "id": "bundle--1", "objects": all})
	if err != nil {
		panic(err)
	}
	return text
}
