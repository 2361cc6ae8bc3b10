package revision

import (
	"context"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// maxHops is how many links may lead to each other.
const maxHops = 16

// follow gives links within the commit what they lead to, as reading the work tree does:
// links to files, and those to folders that are asked for, as no other folder is entered
// by a link. What lies behind one that leads elsewhere is not known to be another than now.
func (t *Tree) follow(ctx context.Context, links, asked []string) error {
	texts, err := t.Read(ctx, links)
	if err != nil {
		return err
	}
	var folders []hop
	for _, link := range links {
		h := t.hop(link, texts)
		switch {
		case t.blobs[h.to] != "" && texts[h.to] == nil:
			t.alias(link, h.to, h.moved)
		case h.to != "" && slices.ContainsFunc(asked, func(p string) bool { return p == link || strings.HasPrefix(p, link+"/") }):
			folders = append(folders, h)
		}
	}
	for _, h := range folders {
		for _, name := range slices.Collect(maps.Keys(t.blobs)) {
			if rest, below := strings.CutPrefix(name, h.to+"/"); below {
				t.alias(h.from+"/"+rest, name, h.moved)
			}
		}
	}
	return nil
}

// hop is where a link leads; moved says that it leads elsewhere now.
type hop struct {
	from, to string // to is "" for an absolute path
	moved    bool
}

func (t *Tree) hop(link string, texts map[string][]byte) hop {
	h := hop{from: link, to: link}
	for n := 0; texts[h.to] != nil && n < maxHops; n++ {
		h.moved = h.moved || t.changed[h.to]
		if path.IsAbs(string(texts[h.to])) {
			h.to = ""
			break
		}
		h.to = path.Join(path.Dir(h.to), string(texts[h.to]))
	}
	return h
}

// Kept are the parts of paths that lie in submodules which stand on the commit of then: of
// these the files are in the work tree alone.
func (t *Tree) Kept(paths []string) (out []string) {
	for _, link := range t.links {
		if t.changed[link] {
			continue
		}
		for _, p := range cleaned(paths) {
			switch {
			case p == link || strings.HasPrefix(p, link+"/"):
				out = append(out, p)
			case p == "." && !strings.HasPrefix(link, "../") || strings.HasPrefix(link, p+"/"):
				out = append(out, link)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// alias gives a file a second name; moved says that it has it no more, or names another
// one now.
func (t *Tree) alias(name, of string, moved bool) {
	t.blobs[name] = t.blobs[of]
	if moved || t.changed[of] {
		t.changed[name] = true
	}
}

// cleaned are paths as names of a tree.
func cleaned(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = path.Clean(filepath.ToSlash(p))
	}
	return out
}
