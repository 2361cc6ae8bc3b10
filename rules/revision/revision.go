// Package revision reads files as they were at a revision of a git repository,
// and tells which have changed since. It runs the program git, and reads only:
// neither the index nor the work tree is touched.
package revision

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Tree is the state of a repository at one commit, seen from a folder: paths
// are relative to that folder, with forward slashes, and may lead out of it.
type Tree struct {
	Commit string // full hash

	dir     string // from which it is seen
	root    string // of the work tree
	prefix  string // from root to dir, "" or ending in a slash
	blobs   map[string]string
	links   []string // submodules, of which only the commit is known
	changed map[string]bool
}

// Open finds the commit from which the work tree at dir forked off ref: their
// merge base, which is ref itself if that is an ancestor. The errors say what to
// do about a folder outside any repository, an unknown ref and a shallow clone.
func Open(ctx context.Context, dir, ref string) (*Tree, error) {
	t, err := find(ctx, dir, ref)
	if err != nil {
		return nil, err
	}
	if t.Commit, err = t.base(ctx, ref); err != nil {
		return nil, err
	}
	return t, nil
}

// At is Open for the commit that ref names, whatever the work tree is at.
func At(ctx context.Context, dir, ref string) (*Tree, error) {
	t, err := find(ctx, dir, ref)
	if err != nil {
		return nil, err
	}
	if t.Commit, err = t.resolve(ctx, ref); err != nil {
		return nil, err
	}
	return t, nil
}

// find finds the repository of a folder.
func find(ctx context.Context, dir, ref string) (*Tree, error) {
	t := &Tree{dir: dir}
	if _, err := exec.LookPath("git"); err != nil {
		return nil, errors.New("comparing with a revision needs the program git, which is not installed")
	}
	root, err := t.git(ctx, "rev-parse", "--show-toplevel")
	switch {
	case err != nil && strings.Contains(err.Error(), "not a git repository"):
		return nil, fmt.Errorf("%s is not in a git repository, so there is no revision %s", described(dir), ref)
	case err != nil:
		return nil, fmt.Errorf("git does not read the repository of %s: %w", described(dir), err)
	}
	t.root = strings.TrimRight(string(root), "\r\n")
	prefix, err := t.git(ctx, "rev-parse", "--show-prefix")
	if err != nil {
		return nil, err
	}
	t.prefix = strings.TrimRight(string(prefix), "\r\n")
	return t, nil
}

func described(dir string) string {
	if dir == "." {
		return "the current folder"
	}
	return dir
}

// resolve returns the commit that ref names.
func (t *Tree) resolve(ctx context.Context, ref string) (string, error) {
	if strings.HasPrefix(ref, "-") {
		return "", fmt.Errorf("%s is no revision", ref)
	}
	commit, err := t.git(ctx, "rev-parse", "--verify", "--quiet", ref+"^{commit}")
	if err != nil {
		return "", fmt.Errorf("there is no revision %s: %s", ref, t.instead(ctx, ref))
	}
	return strings.TrimSpace(string(commit)), nil
}

// instead tells what to do about a revision that there is not.
func (t *Tree) instead(ctx context.Context, ref string) string {
	switch {
	case isHash(ref) && strings.Trim(ref, "0") == "":
		return "zeros are what forges write for the commit before the first one of a branch; name the branch that it leaves, such as origin/main"
	case t.shallow(ctx):
		return "the clone is shallow: fetch more of the history (fetch-depth: 0 in a workflow, or git fetch --unshallow)"
	case isHash(ref):
		return "no branch has that commit any more, or it was not fetched: git fetch origin " + ref + " gets it if the forge still has it"
	default:
		return "git branch -a lists the branches there are"
	}
}

// isHash reports whether ref is the whole hash of a commit, SHA-1 or SHA-256.
func isHash(ref string) bool {
	return (len(ref) == 40 || len(ref) == 64) && strings.Trim(ref, "0123456789abcdef") == ""
}

// base finds the merge base of ref with the work tree's commit.
func (t *Tree) base(ctx context.Context, ref string) (string, error) {
	if _, err := t.resolve(ctx, ref); err != nil {
		return "", err
	}
	out, err := t.git(ctx, "merge-base", ref, "HEAD")
	if err != nil {
		if t.shallow(ctx) {
			return "", fmt.Errorf("the clone is shallow, and the commit from which HEAD forked off %s is not part of it: fetch more of the history (fetch-depth: 0 in a workflow, or git fetch --unshallow)", ref)
		}
		return "", fmt.Errorf("HEAD and %s have no commit in common", ref)
	}
	return strings.TrimSpace(string(out)), nil
}

func (t *Tree) shallow(ctx context.Context) bool {
	out, err := t.git(ctx, "rev-parse", "--is-shallow-repository")
	return err == nil && strings.TrimSpace(string(out)) == "true"
}

// git runs git in the folder from which the tree is seen.
func (t *Tree) git(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = t.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return out, nil
}

// Load lists the files of the commit, and which of them the work tree has
// changed or removed. It fails if one of the paths, which are relative to the
// folder or absolute, is not in the repository.
func (t *Tree) Load(ctx context.Context, paths ...string) error {
	for _, p := range paths {
		if _, err := t.inRepository(p); err != nil {
			return err
		}
	}
	listed, err := t.git(ctx, "ls-tree", "-r", "-z", "--full-tree", t.Commit)
	if err != nil {
		return err
	}
	t.blobs, t.links = map[string]string{}, nil
	var links []string
	for entry := range strings.SplitSeq(string(listed), "\x00") {
		info, name, ok := strings.Cut(entry, "\t")
		fields := strings.Fields(info)
		if ok && len(fields) == 3 && fields[1] == "blob" {
			t.blobs[t.fromHere(name)] = fields[2]
		}
		if ok && len(fields) == 3 && fields[0] == "120000" {
			links = append(links, t.fromHere(name))
		}
		if ok && len(fields) == 3 && fields[1] == "commit" {
			t.links = append(t.links, t.fromHere(name))
		}
	}
	diff, err := t.git(ctx, "diff", "--name-only", "-z", "--no-renames", "--no-relative", "--ignore-submodules=none", t.Commit)
	if err != nil {
		return err
	}
	t.changed = map[string]bool{}
	for name := range strings.SplitSeq(string(diff), "\x00") {
		if name != "" {
			t.changed[t.fromHere(name)] = true
		}
	}
	return t.follow(ctx, links, cleaned(paths))
}

// inRepository returns a path relative to the root of the work tree.
func (t *Tree) inRepository(p string) (string, error) {
	abs := p
	if !filepath.IsAbs(p) {
		abs = filepath.Join(t.root, filepath.FromSlash(t.prefix), p)
	} else if resolved, err := filepath.EvalSymlinks(p); err == nil {
		abs = resolved
	}
	rel, err := filepath.Rel(t.root, abs)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", fmt.Errorf("%s is not in the repository %s, so it has no earlier revision", p, t.root)
	}
	return filepath.ToSlash(rel), nil
}

// fromHere turns a path of the repository into one from the folder.
func (t *Tree) fromHere(name string) string {
	rel, err := filepath.Rel(filepath.FromSlash("/"+t.prefix), filepath.FromSlash("/"+name))
	if err != nil {
		return name
	}
	return filepath.ToSlash(rel)
}

// Prefix returns the way from the root of the work tree to the folder from which it is
// seen: "" for none, else with a slash at its end.
func (t *Tree) Prefix() string { return t.prefix }

// Root returns the folder of the work tree.
func (t *Tree) Root() string { return t.root }

// Has reports whether a file was there at the commit.
func (t *Tree) Has(name string) bool { return t.blobs[path.Clean(name)] != "" }

// Differing returns the files of the commit or the work tree that are not the
// same in both, sorted; those that git does not track are not among them.
func (t *Tree) Differing() []string { return slices.Sorted(maps.Keys(t.changed)) }

// Changed reports whether a file is another than at the commit: changed, added
// or removed since. The files of a submodule have all changed, or none has.
func (t *Tree) Changed(name string) bool {
	name = path.Clean(name)
	for _, link := range t.links {
		if strings.HasPrefix(name, link+"/") {
			return t.changed[link]
		}
	}
	return t.changed[name] || t.blobs[name] == ""
}

// Names returns the files of the commit for which keep holds, in no order.
func (t *Tree) Names(keep func(name string) bool) []string {
	var out []string
	for name := range t.blobs {
		if keep(name) {
			out = append(out, name)
		}
	}
	return out
}

// Read returns the contents of files as they were, by name. Names that the
// commit does not have are left out.
func (t *Tree) Read(ctx context.Context, names []string) (map[string][]byte, error) {
	out := make(map[string][]byte, len(names))
	if len(names) == 0 {
		return out, nil
	}
	cmd := exec.CommandContext(ctx, "git", "cat-file", "--batch")
	cmd.Dir = t.dir
	var ask strings.Builder
	var wanted []string
	for _, name := range names {
		if blob := t.blobs[path.Clean(name)]; blob != "" {
			ask.WriteString(blob + "\n")
			wanted = append(wanted, name)
		}
	}
	cmd.Stdin = strings.NewReader(ask.String())
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	defer func() { _ = cmd.Wait() }()
	answers := bufio.NewReaderSize(pipe, 1<<20)
	for _, name := range wanted {
		if out[name], err = readBlob(answers); err != nil {
			return nil, fmt.Errorf("git cat-file of %s: %w", name, err)
		}
	}
	return out, nil
}

// readBlob reads one answer: a line with the size, the content, a line break.
func readBlob(r *bufio.Reader) ([]byte, error) {
	head, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	var hash, kind string
	var size int
	if _, err := fmt.Sscan(head, &hash, &kind, &size); err != nil {
		return nil, fmt.Errorf("unexpected answer %q", strings.TrimSpace(head))
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, err
	}
	_, err = r.Discard(1)
	return data, err
}
