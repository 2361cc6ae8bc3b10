package record

import (
	"crypto/sha256"
	"encoding/base64"
)

// layoutsKey is the key of metadata that tells hashes of the layouts of a file, in the order
// of their dictionary. The files of a recording have mostly the same layouts, which are
// long, so that a replay that has met them all need not read them again.
const layoutsKey = reserved + "layouts"

// layoutHash is a part of the SHA-256 of a layout as it is written.
type layoutHash [16]byte

func hashOfLayout(text string) layoutHash {
	sum := sha256.Sum256(bytesOf(text))
	return layoutHash(sum[:])
}

// writeLayoutHashes tells hashes of layouts. The dictionary has them in the order in which
// rows have them first.
func (p *part) writeLayoutHashes(layouts []string, tell func(key, value string)) {
	var all []byte
	seen := make([]bool, len(layouts))
	for _, n := range p.layoutOf {
		if !seen[n] {
			seen[n] = true
			hash := hashOfLayout(layouts[n])
			all = append(all, hash[:]...)
		}
	}
	tell(layoutsKey, base64.StdEncoding.EncodeToString(all))
}

// layoutHashes returns what is told of so many layouts; nil if that is nothing.
func (t *table) layoutHashes(count int) []layoutHash {
	written, ok := t.footer.lookup(layoutsKey)
	if !ok {
		return nil
	}
	all, err := base64.StdEncoding.DecodeString(written)
	if err != nil || len(all) != count*len(layoutHash{}) {
		return nil
	}
	out := make([]layoutHash, count)
	for i := range out {
		out[i] = layoutHash(all[i*len(out[i]):])
	}
	return out
}

// layoutsIn returns those layouts of the dictionary of a column that some rows have. The
// dictionary is only read if some are not known by their hashes.
func (g *rowGroup) layoutsIn(c *groupColumn, rows [][]int32) ([]*layoutFile, error) {
	out := make([]*layoutFile, len(rows))
	var hashes []layoutHash
	if c.dictionary == nil {
		hashes = g.layoutHashes(len(rows))
	}
	unknown := hashes == nil
	for n, hash := range hashes {
		out[n] = g.layouts.known[hash]
		unknown = unknown || out[n] == nil && len(rows[n]) > 0
	}
	if !unknown {
		return out, nil
	}
	if err := g.dictionaryOf(c); err != nil {
		return nil, err
	}
	for n, text := range c.dictionary.Texts {
		if out[n] != nil || len(rows[n]) == 0 {
			continue
		}
		var err error
		if out[n], err = g.layouts.of(text); err != nil {
			return nil, err
		}
	}
	return out, nil
}
