package pipeline

import (
	"embed"
	"slices"
	"strings"
	"sync"
)

//go:embed builtin/*.yml
var builtinFiles embed.FS

// builtins parses all built-in pipelines once.
var builtins = sync.OnceValue(func() map[string]*Pipeline {
	out := map[string]*Pipeline{}
	for _, name := range BuiltinNames() {
		text, err := builtinFiles.ReadFile("builtin/" + name + ".yml")
		if err != nil {
			panic(err) // the folder was listed, so the file is there
		}
		p, diags := Parse(name, text)
		if len(diags) > 0 {
			panic(diags.Err()) // a test parses them all
		}
		out[name] = p
	}
	return out
})

// Builtin returns a built-in pipeline, nil if there is none of that name.
func Builtin(name string) *Pipeline { return builtins()[name] }

// BuiltinNames returns the names of the built-in pipelines, sorted.
func BuiltinNames() []string {
	files, err := builtinFiles.ReadDir("builtin")
	if err != nil {
		panic(err) // the folder is embedded
	}
	var out []string
	for _, f := range files {
		out = append(out, strings.TrimSuffix(f.Name(), ".yml"))
	}
	slices.Sort(out)
	return out
}
