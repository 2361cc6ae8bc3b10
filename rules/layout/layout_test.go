package layout_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/layout"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"order", "id: a\ntitle: T\nx: 1\nlevel: low\n", "title: T\nid: a\nlevel: low\nx: 1\n"},
		{"comments move with what follows", "# head\nid: a  # why\n# of the title\ntitle: T\n# tail\n", "# head\n# of the title\ntitle: T\nid: a  # why\n# tail\n"},
		{"indentation", "detection:\n  s:\n    a:\n    - b\n    # c\n    - c\n  condition: s\n", "detection:\n    s:\n        a:\n            - b\n            # c\n            - c\n    condition: s\n"},
		{"maps in lists", "detection:\n  s:\n  - a: 1\n    b: 2\n  -   c: 3\n      d: 4\n", "detection:\n    s:\n        - a: 1\n          b: 2\n        -   c: 3\n            d: 4\n"},
		{"lists in lists", "tags:\n- [a]\n- - b\n  - c\n- {d: [e]}\n", "tags:\n    - [a]\n    - - b\n      - c\n    - {d: [e]}\n"},
		{"quotes", "title: \"T\"\ndetection:\n    s:\n        a: \"C:\\\\x\\\"\"  # \"why\"\n        b: [\"it's\", \"\\u0410\", \"\\t\", \"\", 'd', e]\n        \"c\": |\n            \"f\"\n",
			"title: 'T'\ndetection:\n    s:\n        a: 'C:\\x\"'  # \"why\"\n        b: [\"it's\", \"\\u0410\", \"\\t\", '', 'd', e]\n        \"c\": |\n            \"f\"\n"},
		{"quotes of others", "title: T\ntests:\n    - event: {\"a\": \"b\"}\n", "title: T\ntests:\n    - event: {\"a\": \"b\"}\n"},
		{"quotes of anchors", "title: &x \"T\"\nname: *x\n", "title: &x 'T'\nname: *x\n"},
		{"blanks", "\n\ntitle: T  \nlevel: low\t\n\n\n", "title: T\nlevel: low\n"},
		{"blocks stay", "description: |\n  a  \n\n  b # no comment\ntitle: T\n", "title: T\ndescription: |\n  a  \n\n  b # no comment\n"},
		{"empty lines of blocks", "tags:\n  - |\n   b\n\n   c\n", "tags:\n    - |\n     b\n\n     c\n"},
		{"a block at the end of a map", "detection:\n    condition: |\n        s\ntitle: T\nlevel: |+\n  low\n\n", "title: T\ndetection:\n    condition: |\n        s\nlevel: |+\n  low\n\n"},
		{"aliases in lists", "tags:\n- &a b\n- c\nfields:\n  - *a\n  - d\n  - *a\n", "tags:\n    - &a b\n    - c\nfields:\n    - *a\n    - d\n    - *a\n"},
		{"merged maps", "detection:\n  a: &a\n    b: 1\n  c:\n    d: {e: f}\n    g:\n    - h\n    <<: *a\n  i:\n  - <<: *a\n    j: 1\n  - *a\n", "detection:\n    a: &a\n        b: 1\n    c:\n        d: {e: f}\n        g:\n            - h\n        <<: *a\n    i:\n        - <<: *a\n          j: 1\n        - *a\n"},
		{"merged document", "title: T\nx: &x\n  license: L\n<<: *x\nlevel: low\n", "title: T\nx: &x\n    license: L\n<<: *x\nlevel: low\n"},
		{"dashes on lines of their own", "tags:\n-\n- a\n- # c\n  b\n-\n  c\n-\n---\n-\n- a\n", "tags:\n    -\n    - a\n    - # c\n      b\n    -\n      c\n    -\n---\n-\n- a\n"},
		{"several documents", "level: low\ntitle: A\n---\n# second\nlevel: low\ntitle: B\n", "title: A\nlevel: low\n---\n# second\ntitle: B\nlevel: low\n"},
		{"line ends", "level: low\r\ntitle: T\r\n", "title: T\r\nlevel: low\r\n"},
		{"line ends of old Macs", "level: low\rtitle: T  \rtags:\r- a\r", "title: T\rtags:\r    - a\rlevel: low\r"},
		{"line ends of all kinds", "level: low\rtitle: T\r\nid: a\n", "title: T\nid: a\nlevel: low\n"},
		{"rare line breaks", "level: low\ntitle: 'T\u0085x'\nid: \"b\u2029c\"\n", "title: 'T\u0085x'\nid: \"b\u2029c\"\nlevel: low\n"},
		{"byte order mark", "\xef\xbb\xbflevel: low\ntitle: T\n", "\xef\xbb\xbftitle: T\nlevel: low\n"},
		{"no last line break", "title: T", "title: T\n"},
		{"braces", "{level: low, title: T}\n", "{level: low, title: T}\n"},
		{"braces over lines", "{\n \"title\": T,\n \"detection\": {\n  \"s\": [\n  a,\n  {\n   b: c}]}\n}\n", "{\n \"title\": T,\n \"detection\": {\n  \"s\": [\n  a,\n  {\n   b: c}]}\n}\n"},
		{"braces below a list", "tags:\n- {\n    a: 1\n  }\n- b:\n    {\n    c: 1\n    }\n", "tags:\n    - {\n        a: 1\n      }\n    - b:\n        {\n        c: 1\n        }\n"},
		{"comment below a list", "tags:\n  - a\n  # - b\ntitle: T\n", "title: T\ntags:\n    - a\n    # - b\n"},
		{"empty", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := layout.Format("r.yml", []byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if c.in != "" || len(bytes.TrimSpace(got)) > 0 {
				if diff := cmp.Diff(c.want, string(got)); diff != "" {
					t.Error(diff)
				}
			}
			check(t, []byte(c.in), got)
		})
	}
}

// A file that cannot be read, or not be kept, is an error and not changed.
func TestRefusals(t *testing.T) {
	for _, in := range []string{"a: b: c\n", "a: 1\na: 2\n", "\xff\n", "level: *x\ntitle: &x T\n"} {
		if got, err := layout.Format("r.yml", []byte(in)); err == nil {
			t.Errorf("%q became %q", in, got)
		}
	}
	// An anchor must stand before what refers to it.
	if _, err := layout.Format("r.yml", []byte("level: &x low\ntitle: *x\n")); err == nil || !strings.Contains(err.Error(), "left as it is") {
		t.Errorf("%v", err)
	}
}

// check verifies, by other means than the package does, that nothing was lost.
func check(t *testing.T, in, out []byte) {
	t.Helper()
	var before, after []any
	decode := func(text []byte) (all []any) {
		for dec := yaml.NewDecoder(bytes.NewReader(text)); ; {
			var v any
			if dec.Decode(&v) != nil {
				return all
			}
			all = append(all, v)
		}
	}
	before, after = decode(in), decode(out)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("content changed: %s", diff)
	}
	if a, b := bytes.Count(in, []byte("#")), bytes.Count(out, []byte("#")); a != b {
		t.Errorf("%d hashes became %d", a, b)
	}
	again, err := layout.Format("r.yml", out)
	if err != nil || !bytes.Equal(again, out) {
		t.Errorf("a second time changes it: %v\n%s", err, cmp.Diff(string(out), string(again)))
	}
}

// The rules of the repository are in the layout.
func TestOwnRules(t *testing.T) {
	files, _ := filepath.Glob("../starter/rules/*/*.yml")
	if len(files) < 50 {
		t.Fatalf("only %d rules", len(files))
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		got, err := layout.Format(f, text)
		if err != nil {
			t.Error(err)
		} else if diff := cmp.Diff(string(text), string(got)); diff != "" {
			t.Errorf("%s: %s", f, diff)
		}
	}
}

// Rules that were disordered at random keep everything.
func TestDisorder(t *testing.T) {
	files, _ := filepath.Glob("../starter/rules/*/*.yml")
	random := rand.New(rand.NewPCG(1, 2))
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			in := disorder(random, string(text))
			if _, diags := rules.ParseNodes(f, []byte(in)); diags.Err() != nil {
				continue
			}
			got, err := layout.Format(f, []byte(in))
			if err != nil {
				t.Errorf("%v\n%s", err, in)
				continue
			}
			check(t, []byte(in), got)
		}
	}
}

// disorder adds comments, blanks and empty lines, and halves the indentation.
func disorder(random *rand.Rand, text string) string {
	var b strings.Builder
	half := random.IntN(2) == 0
	for line := range strings.SplitAfterSeq(text, "\n") {
		if half {
			indent := len(line) - len(strings.TrimLeft(line, " "))
			line = line[indent/2:]
		}
		switch random.IntN(8) {
		case 0:
			b.WriteString(strings.Repeat(" ", len(line)-len(strings.TrimLeft(line, " "))) + "# a comment\n")
		case 1:
			b.WriteString("# at the margin\n")
		case 2:
			line = strings.TrimSuffix(line, "\n") + "   \n"
		case 3:
			b.WriteString("\n")
		}
		b.WriteString(line)
	}
	return b.String()
}

// Whatever a file holds, nothing is lost or it is an error.
func FuzzFormat(f *testing.F) {
	f.Add([]byte("level: low\n# c\ntitle: T\ndetection:\n  s:\n  - a: 1\n    b: |\n      x\n"))
	f.Add([]byte("a: &x [1,\n 2]\nb: *x\n--- # c\n? q\n: r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := layout.Format("r.yml", in)
		if err != nil {
			return
		}
		before, diags := rules.ParseNodes("r.yml", in)
		after, problems := rules.ParseNodes("r.yml", got)
		if diags.Err() == nil && (problems.Err() != nil || len(after) != len(before)) {
			t.Fatalf("%q became %q: %v", in, got, problems)
		}
	})
}
