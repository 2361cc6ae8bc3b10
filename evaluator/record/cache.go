package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// cacheVersion changes whenever what is remembered is written in another way.
const cacheVersion = 2

// cacheFolder is where a recording remembers what rules have found in its files.
const cacheFolder = ".cache"

// memory is what is known of a file: what rules find in it. A rule is known by its
// hash, which is of all that decides what it matches, filters and values of
// placeholders included.
type memory struct {
	Hits     []rememberedHit               // of the rows that some rule has to do with
	Rules    map[ruleKey][]rememberedMatch // nil for rules that find nothing
	Sources  map[string]int
	Unrouted int
	Grounds  map[Logsource]*Ground

	byRow map[int32]int32 // row -> index in Hits
}

// ruleKey is a rule, by the beginning of its hash: most find nothing in most files,
// and what is remembered of them is hardly more than that.
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
	dir string
	key string // of what decides, beside rules and files
}

// newCache returns the cache of a recording, nil if there is to be none.
func newCache(dir string, o *ReplayOptions) *cache {
	if !o.Cache {
		return nil
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %s %v", cacheVersion, compiler.SemanticsVersion, o.Normaliser.Key(), o.Anyway))
	return &cache{filepath.Join(dir, cacheFolder), hex.EncodeToString(sum[:8])}
}

func (c *cache) path(f File) string {
	return filepath.Join(c.dir, f.SHA256[:min(32, len(f.SHA256))]+"-"+c.key)
}

// read returns what is known of a file. What is damaged is not known, and nothing is of
// a file that is not there as it was recorded: somebody may have removed a day.
func (c *cache) read(f File) *memory {
	m := &memory{Rules: map[ruleKey][]rememberedMatch{}, Sources: map[string]int{}, Grounds: map[Logsource]*Ground{}}
	if !unchanged(filepath.Dir(c.dir), f) {
		return m.indexed()
	}
	text := readSealed(c.path(f))
	known := &memory{}
	if text == nil || gob.NewDecoder(bytes.NewReader(text)).Decode(known) != nil || known.Rules == nil || known.Grounds == nil {
		return m.indexed()
	}
	return known.indexed()
}

func (m *memory) indexed() *memory {
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
	_ = replaceSealed(c.path(f), text.Bytes())
}

// readSealed reads what replaceSealed has written, compressed and behind its hash; nil
// if it is not there or not whole.
func readSealed(path string) []byte {
	text, err := os.ReadFile(path)
	if err != nil || len(text) < sha256.Size {
		return nil
	}
	if sum := sha256.Sum256(text[sha256.Size:]); !bytes.Equal(sum[:], text[:sha256.Size]) {
		return nil
	}
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil
	}
	defer d.Close()
	text, err = d.DecodeAll(text[sha256.Size:], nil)
	if err != nil {
		return nil
	}
	return text
}

func replaceSealed(path string, text []byte) error {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	packed := e.EncodeAll(text, nil)
	sum := sha256.Sum256(packed)
	return errors.Join(replace(path, append(sum[:], packed...)), e.Close())
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
		if of, _, _ := strings.Cut(e.Name(), "-"); !listed[of] {
			if err := ignoreMissing(os.Remove(filepath.Join(w.dir, cacheFolder, e.Name()))); err != nil {
				return err
			}
		}
	}
	return nil
}

// knows reports whether it is known what a rule finds.
func (m *memory) knows(r *compiler.Rule) bool {
	_, known := m.Rules[keyOf(r)]
	if !known || m.Grounds[logsourceOf(r)] == nil {
		return false
	}
	for _, f := range r.Fields {
		if _, asked := m.Grounds[logsourceOf(r)].Fields[f]; !asked {
			return false
		}
	}
	return true
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
