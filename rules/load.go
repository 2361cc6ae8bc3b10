package rules

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// Set is a loaded set of documents, in the order of their paths and places.
// Documents whose Header says Invalid are part of it, so that nothing vanishes;
// they must not be evaluated.
type Set struct {
	Rules        []*Rule
	Correlations []*Correlation
	Filters      []*Filter
	Files        int // number of files read
	Lost         int // number of documents that are no part of the set, as nothing can be made of them

	// Placeholders are the places of those that are a pipeline's affair: it has values
	// for them, or has told that it has none. A compiler without values is silent there.
	Placeholders map[Span]bool

	linked int // number of documents when they were linked
}

// Add appends a document.
func (s *Set) Add(d Document) {
	switch d := d.(type) {
	case *Rule:
		s.Rules = append(s.Rules, d)
	case *Correlation:
		s.Correlations = append(s.Correlations, d)
	case *Filter:
		s.Filters = append(s.Filters, d)
	}
}

// Documents returns all documents: rules, then correlations, then filters.
func (s *Set) Documents() []Document {
	docs := make([]Document, 0, len(s.Rules)+len(s.Correlations)+len(s.Filters))
	for _, r := range s.Rules {
		docs = append(docs, r)
	}
	for _, c := range s.Correlations {
		docs = append(docs, c)
	}
	for _, f := range s.Filters {
		docs = append(docs, f)
	}
	return docs
}

// Load reads every .yml and .yaml file of a file system, in parallel. All
// problems of all files are returned, sorted; an unreadable file is one of them.
// Documents come without their Node, which is most of what they take: whoever
// wants to know how they are written uses Parse or ReadPaths.
func Load(fsys fs.FS) (*Set, Diagnostics) {
	l := loader{lean: true}
	l.walk(fsys, ".", func(name string) string { return name })
	return l.load()
}

// LoadPaths is like Load for files and folders given by path. A path that does
// not exist and a folder without any rule file are errors.
func LoadPaths(paths ...string) (*Set, Diagnostics) {
	l := loader{lean: true}
	l.collect(paths)
	return l.load()
}

func (l *loader) load() (*Set, Diagnostics) {
	docs, diags := l.read()
	set, together := Assemble(docs)
	set.Files, set.Lost = len(l.sources), l.lost
	diags = append(diags, together...)
	diags.Sort()
	return set, diags
}

// ReadPaths reads like LoadPaths but does not assemble: it returns the documents
// of each file, what is wrong with each by itself, and the number of files.
func ReadPaths(paths ...string) (docs []Document, files int, diags Diagnostics) {
	var l loader
	l.collect(paths)
	docs, diags = l.read()
	return docs, len(l.sources), diags
}

// collect finds the rule files of paths.
func (l *loader) collect(paths []string) {
	for _, p := range paths {
		info, err := os.Stat(p)
		switch {
		case err != nil:
			l.unreadable(filepath.ToSlash(p), err)
		case !info.IsDir():
			l.sources = append(l.sources, source{path: filepath.ToSlash(filepath.Clean(p)), read: func() ([]byte, error) { return os.ReadFile(p) }})
		default:
			before := len(l.sources) + len(l.diags)
			base := filepath.ToSlash(filepath.Clean(p))
			l.walk(os.DirFS(p), ".", func(name string) string { return path.Join(base, name) })
			if len(l.sources)+len(l.diags) == before {
				l.diags = append(l.diags, Diagnostic{Code: CodeEmptyFolder, Severity: Error, Span: Span{File: &File{Path: base}},
					Message: "folder contains no .yml or .yaml file", Help: "check the path"})
			}
		}
	}
}

type source struct {
	path string
	root string // folder that was walked to find it; "" if it was named
	read func() ([]byte, error)
}

type loader struct {
	sources []source
	diags   Diagnostics
	lost    int  // documents of which nothing can be made
	lean    bool // documents are kept without their Node
}

// CodeUnreadable is the code of diagnostics about files and folders that could
// not be read at all.
const CodeUnreadable = "load/unreadable"

// CodeEmptyFolder is the code of diagnostics about folders without rule files.
const CodeEmptyFolder = "load/empty-folder"

func (l *loader) unreadable(path string, err error) {
	l.diags = append(l.diags, Diagnostic{Code: CodeUnreadable, Severity: Error, Span: Span{File: &File{Path: path}},
		Message: "cannot be read: " + reason(err), Help: "check the path and its permissions"})
}

// reason drops the path from an error that will be printed behind the path.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// walk collects the rule files below root, leaving out what is hidden.
func (l *loader) walk(fsys fs.FS, root string, name func(string) string) {
	err := fs.WalkDir(fsys, root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			l.unreadable(name(p), err)
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
		case p != root && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
		case !d.IsDir() && isRuleFile(p):
			if err := Regular(d, func() (fs.FileInfo, error) { return fs.Stat(fsys, p) }); err != nil {
				l.unreadable(name(p), err)
				return nil
			}
			l.sources = append(l.sources, source{name(p), name(root), func() ([]byte, error) { return fs.ReadFile(fsys, p) }})
		}
		return nil
	})
	if err != nil {
		l.unreadable(name(root), err)
	}
}

// ErrNoFile is the error of Regular.
var ErrNoFile = errors.New("it is no file, but a pipe, a socket or a device")

// Regular returns ErrNoFile for what was found in a folder and might never end when it is
// read, as a named pipe does that nobody writes to. stat follows links; its error is not
// told, since reading tells it.
func Regular(d fs.DirEntry, stat func() (fs.FileInfo, error)) error {
	kind := d.Type()
	if kind&fs.ModeSymlink != 0 {
		if info, err := stat(); err == nil {
			kind = info.Mode().Type()
		}
	}
	if kind&(fs.ModeNamedPipe|fs.ModeSocket|fs.ModeDevice|fs.ModeCharDevice) != 0 {
		return ErrNoFile
	}
	return nil
}

func isRuleFile(p string) bool {
	ext := strings.ToLower(path.Ext(p))
	return ext == ".yml" || ext == ".yaml"
}

// settle puts the files in order, each once.
func (l *loader) settle() {
	slices.SortStableFunc(l.sources, func(a, b source) int { return cmp.Compare(a.path, b.path) })
	l.sources = slices.CompactFunc(l.sources, func(a, b source) bool { return a.path == b.path })
}

// read reads and parses the collected files on all processors.
func (l *loader) read() ([]Document, Diagnostics) {
	l.settle()
	docs := make([][]Document, len(l.sources))
	lost := make([]int, len(l.sources))
	diags := make([]Diagnostics, len(l.sources))
	shapes := newShapeCache()
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				docs[i], lost[i], diags[i] = l.sources[i].parse(shapes)
				for _, d := range docs[i] {
					if l.lean {
						d.Meta().Node = nil
					}
				}
			}
		})
	}
	for i := range l.sources {
		next <- i
	}
	close(next)
	wg.Wait()
	strangers(l.sources, docs, diags)
	l.diags = slices.Concat(l.diags, slices.Concat(diags...))
	l.diags.Sort()
	for _, n := range lost {
		l.lost += n
	}
	return slices.Concat(docs...), l.diags
}

// Assemble returns a linked set of documents, and what is wrong with them
// together: ids and names that are there twice, and references.
func Assemble(docs []Document) (*Set, Diagnostics) {
	set := &Set{}
	for _, d := range docs {
		set.Add(d)
	}
	diags := append(set.duplicates(), set.Link()...)
	diags.Sort()
	return set, diags
}

func (s source) parse(shapes *shapeCache) (docs []Document, lost int, diags Diagnostics) {
	data, err := s.read()
	if err != nil {
		var l loader
		l.unreadable(s.path, err)
		return nil, 0, l.diags
	}
	docs, lost, diags = parseFile(s.path, data, shapes)
	if len(docs)+len(diags) == 0 {
		diags = append(diags, Diagnostic{Code: "load/empty-file", Severity: Warning, Span: Span{File: &File{Path: s.path}},
			Message: "file holds no document", Help: "write the rule, or remove the file"})
	}
	return docs, lost, diags
}

// duplicates reports ids and names that more than one document has. Such
// documents stay usable: only a reference to them would be ambiguous.
func (s *Set) duplicates() Diagnostics {
	var out Diagnostics
	ids, names := map[string]Span{}, map[string]Span{}
	check := func(seen map[string]Span, v Scalar, code, what string) {
		if v.Text == "" {
			return
		}
		if first, dup := seen[v.Text]; dup {
			out = append(out, Diagnostic{Code: code, Severity: Error, Span: v.Span,
				Message: fmt.Sprintf("%s %s is already that of %s", what, v.Text, first), Help: "give every document its own",
				Related: []Related{{first, "first used here"}}})
			return
		}
		seen[v.Text] = v.Span
	}
	for _, d := range s.Documents() {
		check(ids, d.Meta().ID, "ref/duplicate-id", "id")
		check(names, d.Meta().Name, "ref/duplicate-name", "name")
	}
	return out
}

func sortedKeys[V, W any](a map[string]V, b map[string]W) []string {
	keys := slices.Collect(maps.Keys(a))
	return slices.Sorted(slices.Values(slices.AppendSeq(keys, maps.Keys(b))))
}
