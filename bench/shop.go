package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/socctl/socctl/bench/internal/rulefiles"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// shop is where the benchmark works: the repository, a folder for what is made,
// the rules, and the programs that were built.
type shop struct {
	*options
	log   io.Writer
	root  string            // of the repository
	files map[string][]byte // that are laid, by name
	texts map[string][]byte // of rules, by id
	title map[string]string // of rules, by id

	samples map[sample]int // that turned out to be long enough

	loaded  int // rules
	without int // rules left out, for they need values for placeholders
}

func newShop(o *options, log io.Writer) (*shop, error) {
	s := &shop{options: o, log: log, samples: map[sample]int{}}
	var err error
	if s.root, err = repository(); err != nil {
		return nil, err
	}
	named := s.data != ""
	if !named {
		s.data = filepath.Join(s.root, "..", "shared", "data")
	}
	if _, err := os.Stat(s.data); err != nil && named {
		return nil, fmt.Errorf("-data or SOCCTL_DATA: %w", err)
	} else if err != nil {
		s.data = ""
	}
	if s.work == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, err
		}
		s.work = filepath.Join(cache, "socctl-bench")
	}
	if s.work, err = filepath.Abs(s.work); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(s.work, 0o755); err != nil {
		return nil, err
	}
	return s, s.layRules()
}

func (s *shop) say(format string, args ...any) { fmt.Fprintf(s.log, format+"\n", args...) }

// repository returns the root of the module, above the working directory.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(text), "module github.com/socctl/socctl\n") {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", errors.New("run it in the repository of socctl")
		}
		dir = filepath.Dir(dir)
	}
}

// layRules writes the rules that need nothing further into a folder: all engines
// are given the same.
func (s *shop) layRules() error {
	files, err := s.ruleFiles()
	if err != nil {
		return err
	}
	set := &rules.Set{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		docs, diags := rules.Parse(name, files[name])
		if err := diags.Err(); err != nil {
			return err
		}
		for _, d := range docs {
			set.Add(d)
		}
	}
	program, _ := compiler.Compile(set, compiler.Options{})
	s.texts, s.title = map[string][]byte{}, map[string]string{}
	s.loaded, s.without = len(program.Rules), len(set.Rules)-len(program.Rules)
	accepted := map[string][]byte{}
	for _, r := range program.Rules {
		name := r.Source.Span.Path()
		s.texts[r.ID], s.title[r.ID] = files[name], r.Title
		accepted[name] = files[name]
	}
	s.files = accepted
	s.rules, err = laid(s.work, accepted)
	return err
}

// laid returns a folder with these files. Its name tells what is in it, and it
// appears at once, so that runs side by side may share it.
func laid(work string, files map[string][]byte) (string, error) {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(sum, "%s %d\n%s", name, len(files[name]), files[name])
	}
	folder := filepath.Join(work, fmt.Sprintf("rules-%x", sum.Sum(nil)[:8]))
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	temp, err := os.MkdirTemp(work, "rules-new-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temp)
	for name, text := range files {
		path := filepath.Join(temp, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return "", err
		}
	}
	err = os.Rename(temp, folder)
	if _, there := os.Stat(folder); there == nil {
		return folder, nil // ours, or that of a run beside us
	}
	return "", err
}

// ruleFiles returns the texts of all rules by name: below -rules, or those of
// the data, or else the starter pack.
func (s *shop) ruleFiles() (map[string][]byte, error) {
	switch {
	case s.rules == "" && s.data != "":
		return rulefiles.Read(filepath.Join(s.data, filepath.FromSlash(rulefiles.Public)))
	case s.rules == "":
		s.rules = filepath.Join(s.root, "rules", "starter", "rules")
		s.say("no public rules: the starter pack is used")
	}
	return rulefiles.Read(s.rules)
}

// build builds a program of a module of the repository into the work folder.
func (s *shop) build(ctx context.Context, module, pkg, name string, env ...string) (string, error) {
	out := filepath.Join(s.work, executable(name))
	cmd := exec.CommandContext(ctx, "go", "build", "-o", out, pkg)
	cmd.Dir = module
	cmd.Env = append(os.Environ(), env...)
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", pkg, err, text)
	}
	return out, nil
}

// executable returns the file name of a program, which has to end as the system
// wants it.
func executable(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}

// program finds a program that is installed.
func (s *shop) program(name string) (string, error) {
	if path, ok := s.bins[name]; ok {
		return exec.LookPath(path)
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("it is not on the PATH; name it with -bin %s=PATH", name)
	}
	return path, nil
}

// countEvents returns how many events files hold, as our own readers see it.
func countEvents(ctx context.Context, paths []string) int {
	n := 0
	for _, err := range telemetry.Read(ctx, paths, telemetry.ReadOptions{}) {
		if err == nil {
			n++
		}
	}
	return n
}
