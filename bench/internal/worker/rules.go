package worker

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// Program loads and compiles the rules below a folder. Only those named are
// kept, all of them if none is.
func Program(folder string, only []string) (*compiler.Program, error) {
	set, diags := rules.LoadPaths(folder)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	if len(only) > 0 {
		wanted := map[string]bool{}
		for _, id := range only {
			wanted[id] = true
		}
		set = set.Select(func(d rules.Document) bool {
			r, ok := d.(*rules.Rule)
			return ok && wanted[strings.ToLower(r.ID.Text)]
		})
	}
	p, diags := compiler.Compile(set, compiler.Options{})
	return p, diags.Err()
}

// RuleFile is a rule as other engines read it.
type RuleFile struct {
	Rule *compiler.Rule // what it is to us: its id, and its logsource for routing
	Text []byte
}

// RuleFiles returns the rules below a folder with their texts, in the order of
// the program.
func RuleFiles(folder string) ([]RuleFile, error) {
	p, err := Program(folder, nil)
	if err != nil {
		return nil, err
	}
	texts := map[string][]byte{}
	err = filepath.WalkDir(folder, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(path) != ".yml" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		docs, _ := rules.Parse(path, text)
		for _, d := range docs {
			if r, ok := d.(*rules.Rule); ok {
				texts[strings.ToLower(r.ID.Text)] = text
			}
		}
		return nil
	})
	var out []RuleFile
	for _, r := range p.Rules {
		text, ok := texts[r.ID]
		if !ok {
			return nil, fmt.Errorf("rule %q has no file of its own", r.Title)
		}
		out = append(out, RuleFile{r, text})
	}
	return out, err
}
