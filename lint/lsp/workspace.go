package lsp

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/creachadair/jrpc2"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules/config"
)

// workspace is what the client has open, and the projects that it belongs to.
type workspace struct {
	folders []string             // that the client works in
	docs    map[string]*document // by path
	trees   map[string]*tree     // by root; a value without setup has yet to be read
	homes   map[string]string    // root of the project of a folder, "" for none; of folders that were asked for
	lone    *setup               // of files outside any project
	results map[string]*result   // by path
	failed  map[string][]failure // tests that failed, by the path of the test
}

// result is what is wrong with one file.
type result struct {
	doc      *document // that was looked at; nil for a file that is not open
	findings []lint.Finding
}

func newWorkspace() workspace {
	return workspace{docs: map[string]*document{}, trees: map[string]*tree{}, homes: map[string]string{},
		results: map[string]*result{}, failed: map[string][]failure{}}
}

// open takes a document over from the disk.
func (s *server) open(_ context.Context, p documentParams) error {
	d := newDocument(p.TextDocument.URI, p.TextDocument.Version, []byte(p.TextDocument.Text))
	s.mu.Lock()
	s.docs[d.path] = d
	s.mu.Unlock()
	s.wakeUp()
	return nil
}

// change makes a new version of a document.
func (s *server) change(_ context.Context, p changeParams) error {
	name := pathOf(p.TextDocument.URI)
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.docs[name]
	if d == nil {
		return fmt.Errorf("a change of %s, which is not open", p.TextDocument.URI)
	}
	s.docs[name] = d.change(p.TextDocument.Version, p.ContentChanges, s.enc)
	s.forgetFailures(name)
	s.typed()
	return nil
}

// close gives a document back to the disk.
func (s *server) close(_ context.Context, p documentParams) error {
	name := pathOf(p.TextDocument.URI)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.docs, name)
	s.disk[name] = true
	s.typed()
	return nil
}

func (s *server) save(_ context.Context, p documentParams) error {
	s.onDisk(pathOf(p.TextDocument.URI))
	return nil
}

// changeWatched is told of files that changed on disk.
func (s *server) changeWatched(_ context.Context, p watchedParams) error {
	names := make([]string, len(p.Changes))
	for i, c := range p.Changes {
		names[i] = pathOf(c.URI)
	}
	s.onDisk(names...)
	return nil
}

// onDisk has files read again: a configuration with all that it says, tests, and
// rules that are not open.
func (s *server) onDisk(names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range names {
		if path.Base(name) == config.Name || s.isConfig(name) {
			s.reload()
			continue
		}
		s.disk[name] = true
		for _, t := range s.trees {
			s.retest[t.root] = s.retest[t.root] || inside(name, t.root)
		}
	}
	s.typed()
}

func (s *server) isConfig(name string) bool {
	return s.options.Config != "" && name == absolute(s.options.Config)
}

// reload forgets all projects, so that they are read again.
func (s *server) reload() {
	clear(s.trees)
	clear(s.homes)
	clear(s.results)
	s.lone, s.warm = nil, true
}

func (s *server) changeFolders(_ context.Context, p foldersParams) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range p.Event.Removed {
		s.folders = slices.DeleteFunc(s.folders, func(have string) bool { return have == pathOf(f.URI) })
	}
	for _, f := range p.Event.Added {
		s.folders = append(s.folders, pathOf(f.URI))
	}
	s.reload()
	s.typed()
	return nil
}

func absolute(name string) string {
	abs, err := filepath.Abs(filepath.FromSlash(name))
	if err != nil {
		return name
	}
	return filepath.ToSlash(abs)
}

// document returns an open document, as an error for the client if it is not.
func (s *server) document(uri string) (*document, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.docs[pathOf(uri)]; d != nil {
		return d, nil
	}
	return nil, jrpc2.Errorf(jrpc2.InvalidParams, "%s is not open", uri)
}

// home returns the root of the project of a folder: where its configuration is,
// or the folder of the client if rules lie there as they usually do; "" for none.
func (s *server) home(dir string) string {
	if root, known := s.homes[dir]; known {
		return root
	}
	root := s.findHome(dir)
	s.homes[dir] = root
	return root
}

func (s *server) findHome(dir string) string {
	if s.options.Config != "" {
		if root := path.Dir(absolute(s.options.Config)); inside(dir, root) {
			return root
		}
		return ""
	}
	if !isFile(dir) {
		return ""
	}
	if found, ok := config.Find(filepath.FromSlash(dir)); ok {
		return path.Dir(absolute(found))
	}
	best := ""
	for _, f := range s.folders {
		if inside(dir, f) && len(f) > len(best) && len(usualFolders(filepath.FromSlash(f))) > 0 {
			best = f
		}
	}
	return best
}

// treeOf returns the project of a file if it has been read, nil without any.
func (s *server) treeOf(name string) *tree {
	t := s.trees[s.home(path.Dir(name))]
	if t == nil || t.setup == nil {
		return nil
	}
	return t
}

// knowledge returns what is known about the project of a file: its settings and,
// if it is part of one that has been read, everything in it.
func (s *server) knowledge(name string) (*setup, *lint.Input) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.treeOf(name); t != nil {
		return t.setup, t.input()
	}
	return s.alone(), nil
}

// alone returns the settings of files outside any project.
func (s *server) alone() *setup {
	if s.lone == nil {
		s.lone = newSetup(s.ctx, &config.Config{}, nil, &s.options)
	}
	return s.lone
}

// configPath returns the configuration in the root of a project.
func (s *server) configPath(root string) string {
	if s.options.Config != "" {
		return absolute(s.options.Config)
	}
	return path.Join(root, config.Name)
}

// readSetup reads the configuration of a root; text is that of the editor, nil
// for the one on disk.
func (s *server) readSetup(root string, text []byte) *setup {
	name := s.configPath(root)
	if text == nil {
		data, err := os.ReadFile(filepath.FromSlash(name))
		if err != nil {
			return newSetup(s.ctx, &config.Config{Path: "", Dir: filepath.FromSlash(root)}, nil, &s.options)
		}
		text = data
	}
	cfg, problems := config.Parse(filepath.FromSlash(name), text)
	return newSetup(s.ctx, cfg, problems, &s.options)
}

// fileURI returns the URI of a path, as the client writes it if it is open.
func (s *server) fileURI(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.docs[name]; d != nil {
		return d.uri
	}
	return uriOf(name)
}

// shown returns a path as people want to see it: below the folder they work in.
func (s *server) shown(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range slices.Concat(s.folders, slices.Sorted(maps.Keys(s.trees))) {
		if f != "" && inside(name, f) {
			return strings.TrimPrefix(strings.TrimPrefix(name, f), "/")
		}
	}
	return name
}
