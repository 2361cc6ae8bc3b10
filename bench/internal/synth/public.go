package synth

import (
	"fmt"
	"maps"
	"slices"

	"github.com/socctl/socctl/bench/internal/rulefiles"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// Rules compiles the rules of a folder, or of an archive of one. Those that do not
// stand alone, as they need values for placeholders, are left out.
func Rules(path string) (*compiler.Program, error) {
	files, err := rulefiles.Read(path)
	if err != nil {
		return nil, err
	}
	set := &rules.Set{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		docs, diags := rules.Parse(name, files[name])
		if err := diags.Err(); err != nil {
			return nil, err
		}
		for _, d := range docs {
			set.Add(d)
		}
	}
	program, _ := compiler.Compile(set, compiler.Options{})
	if len(program.Rules) == 0 {
		return nil, fmt.Errorf("%s: no rules", path)
	}
	return program, nil
}
