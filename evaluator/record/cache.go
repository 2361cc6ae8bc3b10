package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// cacheVersion changes whenever what is remembered is written in another way, or is wrong.
const cacheVersion = 5

// cacheFolder is where a recording remembers what rules have found in its files.
const cacheFolder = ".cache"

// memory is what is known of a file: what rules find in it. A rule is known by its
// hash, which is of all that decides what it matches, filters and values of
// placeholders included.
type memory struct {
	Known    []string                      // sets of rules of which it is known what they find, by name
	Hits     []rememberedHit               // of the rows that some rule has to do with
	Rules    map[ruleKey][]rememberedMatch // of those that find something
	Sources  map[string]int
	Unrouted int
	Grounds  map[Logsource]*Ground // as of Replayed; nil if nothing is known of the file

	byRow map[int32]int32 // row -> index in Hits
}

// ruleKey is a rule, by the beginning of its hash.
type ruleKey [12]byte

func keyOf(r *compiler.Rule) (key ruleKey) {
	sum, err := hex.DecodeString(strings.TrimPrefix(r.Hash, "sha256:"))
	if err != nil || len(sum) < len(key) {
		full := sha256.Sum256([]byte(r.Hash))
		sum = full[:]
	}
	copy(key[:], sum)
	return key
}

// rememberedHit is a row.
type rememberedHit struct {
	Row    int32
	Source string
	Index  int
	Time   time.Time
	Record string // in JSON
}

// rememberedMatch is what a rule has found.
type rememberedMatch struct {
	Hit  int32 // index in Hits
	View string
	By   []int // filters of the rule that held it back, by their place; nil for a match
}

// cache finds what is known of the files of a recording.
type cache struct {
	dir  string
	key  string // of what decides, beside rules and files
	seal sealer
}

// newCache returns the cache of a recording, nil if there is to be none.
func newCache(dir string, o *ReplayOptions) *cache {
	if !o.Cache {
		return nil
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %s %v", cacheVersion, compiler.SemanticsVersion, o.Normaliser.Key(), o.Anyway))
	return &cache{dir: filepath.Join(dir, cacheFolder), key: hex.EncodeToString(sum[:8])}
}

func (c *cache) path(f File) string {
	return filepath.Join(c.dir, f.SHA256[:min(32, len(f.SHA256))]+"-"+c.key)
}

// read returns what is known of a file. What is damaged is not known, and nothing is of
// a file that is not there as it was recorded: somebody may have removed a day.
func (c *cache) read(f File) *memory {
	if !unchanged(filepath.Dir(c.dir), f) {
		return newMemory()
	}
	text, known := c.seal.read(c.path(f)), &memory{}
	if text == nil || gob.NewDecoder(bytes.NewReader(text)).Decode(known) != nil {
		return newMemory()
	}
	return known.indexed()
}

func newMemory() *memory { return (&memory{}).indexed() }

func (m *memory) indexed() *memory {
	if m.Rules == nil {
		m.Rules = map[ruleKey][]rememberedMatch{} // which is not written if it is empty
	}
	m.byRow = make(map[int32]int32, len(m.Hits))
	for i, h := range m.Hits {
		m.byRow[h.Row] = int32(i)
	}
	return m
}

// write remembers what is known of a file. That it cannot, because a folder is not to
// be written to, does no harm.
func (c *cache) write(f File, m *memory) {
	var text bytes.Buffer
	if gob.NewEncoder(&text).Encode(m) != nil || os.MkdirAll(c.dir, 0o755) != nil {
		return
	}
	_ = c.seal.replace(c.path(f), text.Bytes())
}

// sweepCache removes what is remembered of files that are no more.
func (w *Writer) sweepCache() error {
	entries, err := os.ReadDir(filepath.Join(w.dir, cacheFolder))
	if err != nil {
		return ignoreMissing(err)
	}
	listed := map[string]bool{}
	for _, f := range w.manifest.Files {
		listed[f.SHA256[:min(32, len(f.SHA256))]] = true
	}
	for _, e := range entries {
		if of, _, _ := strings.Cut(e.Name(), "-"); !listed[of] && !strings.HasPrefix(e.Name(), ofRules) {
			if err := ignoreMissing(os.Remove(filepath.Join(w.dir, cacheFolder, e.Name()))); err != nil {
				return err
			}
		}
	}
	return nil
}

// place returns the place of a filter among those of a rule.
func place(r *compiler.Rule, f *rules.Filter) int {
	for i, e := range r.Filters {
		if e.Filter == f {
			return i
		}
	}
	return -1
}
