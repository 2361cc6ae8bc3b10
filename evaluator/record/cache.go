package record

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/socctl/socctl/compiler"
)

// cacheVersion changes whenever what is remembered is written in another way, or is wrong.
const cacheVersion = 6

// cacheFolder is where a recording remembers what rules have found in its files.
const cacheFolder = ".cache"

// ofMemories is how names of memories start there.
const ofMemories = "found-"

// maxMemories is how many memories a recording keeps. Rules of those that have to go are
// tried again together, and become one.
const maxMemories = 16

// cache tells what rules of a program are known to find, and remembers more. It is for
// several goroutines, each with a sealer of its own.
type cache struct {
	dir      string // of the recording
	key      string // of what decides, beside rules and files
	keys     []ruleKey
	numbers  map[ruleKey][]int
	memories []*memory // that know rules of the program, first those that know the most

	mu      sync.Mutex
	plans   map[memorySet]*plan
	writing map[*plan]*memory // nil if it cannot be written
	begun   []*memory
}

// memorySet is a set of memories, by their places: a bit for each.
type memorySet uint32

// plan is how it is found out what the rules find in a file of which certain memories
// know.
type plan struct {
	sources []*memory // that are asked
	from    []int     // by rule: which of sources it is; what is missing is from len(sources)
	missing []int     // rules that none of them knows
}

// openCache opens what is known of a recording. It is to be closed.
func openCache(dir string, p *compiler.Program, o *ReplayOptions) *cache {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %s %v", cacheVersion, compiler.SemanticsVersion, o.Normaliser.Key(), o.Anyway))
	c := &cache{dir: dir, key: hex.EncodeToString(sum[:8]), numbers: map[ruleKey][]int{}, plans: map[memorySet]*plan{}, writing: map[*plan]*memory{}}
	for n, r := range p.Rules {
		key := keyOf(r)
		c.keys, c.numbers[key] = append(c.keys, key), append(c.numbers[key], n)
	}
	c.openMemories()
	return c
}

// openMemories opens those that know rules of the program.
func (c *cache) openMemories() {
	folder := filepath.Join(c.dir, cacheFolder)
	entries, _ := os.ReadDir(folder) // of one that cannot be read nothing is known
	known := map[*memory]int{}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ofMemories+c.key+"-") {
			continue
		}
		m := openMemory(filepath.Join(folder, e.Name()), &sealer{})
		if m == nil {
			continue
		}
		if known[m] = c.count(m.rules); known[m] == 0 {
			m.close()
			continue
		}
		c.memories = append(c.memories, m)
	}
	slices.SortStableFunc(c.memories, func(a, b *memory) int { return known[b] - known[a] })
	for _, m := range c.memories[min(maxMemories, len(c.memories)):] {
		m.close()
	}
	c.memories = c.memories[:min(maxMemories, len(c.memories))]
}

// count counts rules that are in the program.
func (c *cache) count(keys []ruleKey) (n int) {
	for _, key := range keys {
		n += len(c.numbers[key])
	}
	return n
}

// knowing returns which memories know of a file. Nothing is known of one that is not there
// as it was recorded: somebody may have removed a day.
func (c *cache) knowing(f File) (set memorySet) {
	if !unchanged(c.dir, f) {
		return 0
	}
	id := idOf(f)
	for n, m := range c.memories {
		if _, known := m.files[id]; known {
			set |= 1 << n
		}
	}
	return set
}

// planOf returns the plan for files of which some memories know.
func (c *cache) planOf(set memorySet) *plan {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.plans[set] == nil {
		c.plans[set] = c.newPlan(set)
	}
	return c.plans[set]
}

func (c *cache) newPlan(set memorySet) *plan {
	p := &plan{from: make([]int, len(c.keys))}
	for n := range p.from {
		p.from[n] = -1
	}
	for n, m := range c.memories {
		if set&(1<<n) == 0 {
			continue
		}
		asked := false
		for _, key := range m.rules {
			for _, rule := range c.numbers[key] {
				if p.from[rule] < 0 {
					p.from[rule], asked = len(p.sources), true
				}
			}
		}
		if asked {
			p.sources = append(p.sources, m)
		}
	}
	for n := range p.from {
		if p.from[n] < 0 {
			p.from[n] = len(p.sources)
			p.missing = append(p.missing, n)
		}
	}
	return p
}

// remember notes what the missing rules of a plan have found in a file, unless the file has
// gone meanwhile. That it cannot, because a folder is not to be written to, does no harm.
func (c *cache) remember(p *plan, f File, is *findings, s *sealer) {
	if len(p.missing) == 0 || !unchanged(c.dir, f) {
		return
	}
	text, err := is.encoded()
	if err != nil {
		return
	}
	sealed, err := s.seal(nil, text)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if m := c.memoryFor(p, s); m != nil && m.add(idOf(f), sealed) != nil {
		c.writing[p] = nil
	}
}

// memoryFor returns the memory for the missing rules of a plan; nil if there is none.
func (c *cache) memoryFor(p *plan, s *sealer) *memory {
	m, begun := c.writing[p]
	if begun {
		return m
	}
	var about []ruleKey
	for _, n := range p.missing {
		about = append(about, c.keys[n])
	}
	path := filepath.Join(c.dir, cacheFolder, ofMemories+c.key+"-"+rand.Text())
	m, err := beginMemory(path, sortedKeys(about), s)
	if err == nil {
		c.begun = append(c.begun, m)
	}
	c.writing[p] = m
	return m
}

// close closes the memories. Those that were of use are kept before others, and there are
// no more than maxMemories then.
func (c *cache) close() {
	now := time.Now()
	for n, m := range slices.Concat(c.begun, c.memories) {
		m.close()
		at := now.Add(-time.Duration(n) * time.Millisecond) // the less they know, the sooner they go
		_ = os.Chtimes(m.path, at, at)
	}
	if len(c.begun) > 0 {
		keepLatest(filepath.Join(c.dir, cacheFolder), ofMemories, maxMemories)
	}
}

// sweepCache forgets files that are no more, and what came out of whole runs.
func (w *Writer) sweepCache() error {
	folder := filepath.Join(w.dir, cacheFolder)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return ignoreMissing(err)
	}
	listed := map[fileID]bool{}
	for _, f := range w.manifest.Files {
		listed[idOf(f)] = true
	}
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		m := (*memory)(nil)
		if strings.HasPrefix(e.Name(), ofMemories) {
			m = openMemory(path, &sealer{})
		}
		if m == nil {
			err = errors.Join(err, ignoreMissing(os.Remove(path)))
			continue
		}
		err = errors.Join(err, ignoreMissing(m.forget(func(id fileID) bool { return !listed[id] })))
	}
	return err
}
