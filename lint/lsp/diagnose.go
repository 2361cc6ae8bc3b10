package lsp

import (
	"context"
	"errors"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules"
)

// work is what is to be done in the background. One loop works out diagnostics,
// another reads tests, which takes longer. What changes meanwhile ends a run
// that has become pointless, and starts another.
type work struct {
	wake, wakeTests chan struct{}
	cancel          context.CancelFunc  // of the run that is under way; nil for none
	warm            bool                // the projects of the folders are to be read, open or not
	disk            map[string]bool     // files that may have changed on disk
	retest          map[string]bool     // roots whose tests are to be read
	idle            chan struct{}       // closed while there is nothing to do
	sent            map[string]delivery // by path
}

func newWork() work {
	idle := make(chan struct{})
	close(idle)
	return work{wake: make(chan struct{}, 1), wakeTests: make(chan struct{}, 1), disk: map[string]bool{}, retest: map[string]bool{},
		idle: idle, sent: map[string]delivery{}}
}

// wakeUp has diagnostics worked out.
func (s *server) wakeUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.typed()
}

// typed is wakeUp for those who hold the lock.
func (s *server) typed() {
	if s.cancel != nil {
		s.cancel()
	}
	select {
	case <-s.idle:
		s.idle = make(chan struct{})
	default:
	}
	poke(s.wake)
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// pause waits until a channel has been quiet for a while; false means that the
// session is over.
func pause(ctx context.Context, wake <-chan struct{}, quiet time.Duration) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case <-wake:
		case <-time.After(quiet):
			return true
		}
	}
}

// diagnoseLoop works diagnostics out until the session is over.
func (s *server) diagnoseLoop() {
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-s.wake:
		}
		if !pause(s.ctx, s.wake, s.options.Debounce) {
			return
		}
		ctx, cancel := context.WithCancel(s.ctx)
		s.mu.Lock()
		s.cancel = cancel
		s.mu.Unlock()
		err := s.run(ctx)
		s.mu.Lock()
		s.cancel = nil
		if len(s.wake) == 0 {
			close(s.idle)
		}
		s.mu.Unlock()
		cancel()
		if err != nil && !errors.Is(err, context.Canceled) {
			s.log.Print(err)
		}
	}
}

// run works out the diagnostics of all open documents and tells the client.
func (s *server) run(ctx context.Context) (err error) {
	defer s.survive("diagnostics", &err)
	s.readTrees()
	s.mu.Lock()
	docs, trees := maps.Clone(s.docs), maps.Clone(s.trees)
	disk := s.disk
	s.disk = map[string]bool{}
	s.mu.Unlock()
	for _, t := range trees {
		s.update(t, docs, disk)
	}
	found := map[string]*result{}
	for _, root := range slices.Sorted(maps.Keys(trees)) {
		if err := s.lintTree(ctx, trees[root], docs); err != nil {
			return err
		}
		maps.Copy(found, trees[root].last)
	}
	for _, d := range docs {
		if found[d.path] != nil {
			continue
		}
		if found[d.path], err = s.lintLone(ctx, d); err != nil {
			return err
		}
	}
	s.publish(docs, found)
	return nil
}

// readTrees reads the projects that open documents, or the folders of the
// client, belong to and that have not been read.
func (s *server) readTrees() {
	s.mu.Lock()
	roots := map[string]bool{}
	for name := range s.docs {
		roots[s.home(path.Dir(name))] = true
	}
	if s.warm {
		for _, f := range s.folders {
			roots[s.home(f)] = true
		}
		s.warm = false
	}
	for root := range roots {
		if root == "" || s.trees[root] != nil {
			delete(roots, root)
		}
	}
	s.mu.Unlock()
	for _, root := range slices.Sorted(maps.Keys(roots)) {
		s.readTree(root)
	}
}

func (s *server) readTree(root string) {
	end := s.progress("socctl: reading rules")
	defer end()
	t := &tree{root: root, setup: s.readSetup(root, nil)}
	t.load()
	s.log.Printf("%s: %d rules", root, len(t.in.Set.Documents()))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trees[root] = t
	s.retest[root] = true
	poke(s.wakeTests)
}

// update brings the input of a project up to what is open and on disk.
func (s *server) update(t *tree, docs map[string]*document, disk map[string]bool) {
	files := map[string][]byte{}
	over := map[string]*document{}
	for name, d := range docs {
		if !t.holds(name) {
			continue
		}
		over[name] = d
		if t.over[name] != d {
			files[name] = d.file.Source
		}
	}
	gone := maps.Clone(disk)
	for name := range t.over {
		gone[name] = true
	}
	for name := range gone {
		if over[name] == nil && t.holds(name) {
			files[name] = readRule(name)
		}
	}
	in := t.in
	if len(files) > 0 {
		in = project.Edit(in, files, t.options())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t.stale = t.stale || in != t.in
	t.in, t.over = in, over
	if s.retest[t.root] || t.testsTouched(docs) {
		s.retest[t.root] = true
		poke(s.wakeTests)
	}
}

// readRule returns the text of a file, nil if there is none.
func readRule(name string) []byte {
	info, err := os.Stat(filepath.FromSlash(name))
	if err != nil || info.IsDir() || info.Size() > rules.MaxFileSize {
		return nil
	}
	text, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		return nil
	}
	return append([]byte{}, text...)
}

// testLoop reads tests until the session is over.
func (s *server) testLoop() {
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-s.wakeTests:
		}
		if !pause(s.ctx, s.wakeTests, s.options.Settle) {
			return
		}
		if err := s.readTests(); err != nil {
			s.log.Print(err)
		}
	}
}

// readTests reads the tests of the projects that are due.
func (s *server) readTests() (err error) {
	defer s.survive("tests", &err)
	s.mu.Lock()
	var due []*tree
	for root := range s.retest {
		if t := s.trees[root]; t != nil {
			due = append(due, t)
		}
	}
	clear(s.retest)
	docs := maps.Clone(s.docs)
	s.mu.Unlock()
	for _, t := range due {
		s.mu.Lock()
		in := t.in
		s.mu.Unlock()
		suite := t.readTests(in, docs)
		s.mu.Lock()
		t.suite = suite
		s.typed()
		s.mu.Unlock()
	}
	s.refreshLenses()
	return nil
}
