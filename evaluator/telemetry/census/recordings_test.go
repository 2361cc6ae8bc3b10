package census_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/evaluator/telemetry/census"
	"github.com/socctl/socctl/rules/logsource"
)

var update = flag.Bool("update", false, "write the tables anew")

// golden compares text with a file of the folder of tables.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("..", "..", "..", "testdata", "corpus", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got; -update writes it):\n%s", name, diff)
	}
}

// recordings returns every recording of the corpus, below its root.
func recordings(t *testing.T) (files []string) {
	t.Helper()
	root := corpus.Path(t, "")
	for _, folder := range []string{"alerts", "benign", "cloud", "evtx", "network", "sigma/regression_data", "web", "windows-json", "windows-xml"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			rel, _ := filepath.Rel(root, path)
			switch {
			case err != nil:
				return err
			case d.IsDir() && d.Name() == "_metadata":
				return fs.SkipDir
			case d.IsDir() || described.MatchString(d.Name()):
				return nil
			}
			files = append(files, filepath.ToSlash(rel))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// described are files that describe recordings.
var described = regexp.MustCompile(`^(info\.yml|labels\.ndjson|.*\.md|.*sources.*)$`)

// unwrapped are recordings each line of which says something about an event,
// which it has as a member.
var unwrapped = []string{"cloud/panther-inline-tests.ndjson.zst", "cloud/aws/traildiscover.ndjson.zst"}

// read yields the events of a recording of the corpus.
func read(t *testing.T, file string, each func(*telemetry.Event), problem func(*telemetry.Problem)) {
	t.Helper()
	for r, err := range telemetry.Read(t.Context(), []string{corpus.Path(t, file)}, telemetry.ReadOptions{}) {
		if err != nil {
			problem(err.(*telemetry.Problem))
			continue
		}
		if slices.Contains(unwrapped, file) {
			r.Value, _ = r.Value.Member("event")
		}
		each(normaliser.Event(r))
	}
}

var normaliser = telemetry.NewNormaliser(nil)

// TestRecordings reads every recording of the corpus. The tables say what is in
// each: how many events in which format, the views they get, those without any,
// those of which no time is known, how many of their fields nobody documents,
// and what could not be read.
func TestRecordings(t *testing.T) {
	var table, problems strings.Builder
	table.WriteString("file\tformats\tevents\tproblems\tlost\twithout view\twithout time\tfields\tfields unknown\tviews\n")
	events, reported := 0, 0
	for _, file := range recordings(t) {
		c := census.New(nil)
		reports, lost := map[string]int{}, 0
		var order []string
		read(t, file, func(e *telemetry.Event) { c.Add(e, e.Views()) }, func(p *telemetry.Problem) {
			text := strings.TrimPrefix(p.Error(), p.Source)
			lost += p.Lost
			kind := digits.ReplaceAllString(p.Err.Error(), "#")
			if reports[kind]++; reports[kind] == 1 {
				order = append(order, kind)
				fmt.Fprintf(&problems, "%s%s\n", file, clip(text))
			}
		})
		total := 0
		for _, kind := range order {
			total += reports[kind]
			if n := reports[kind]; n > 1 {
				fmt.Fprintf(&problems, "%s: and %d more like: %s\n", file, n-1, clip(kind))
			}
		}
		r := c.Report()
		fields, unknown := fieldsOf(r)
		fmt.Fprintf(&table, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", file, formatsText(r), r.Events, total, lost, r.Unviewed, r.Undated, fields, unknown, viewsText(r))
		events += r.Events
		reported += total
	}
	t.Logf("%d events, %d problems", events, reported)
	golden(t, "recordings.tsv", table.String())
	golden(t, "recordings-problems.txt", problems.String())
}

var digits = regexp.MustCompile(`(0x)?[0-9a-f]*[0-9][0-9a-f]*`)

func clip(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, s)
	if len(s) > 160 {
		return strings.ToValidUTF8(s[:160], "") + "…"
	}
	return s
}

func formatsText(r *census.Report) string {
	var words []string
	for _, f := range r.Formats {
		words = append(words, f.Name)
	}
	return strings.Join(words, " ")
}

// viewsText names the views with most events.
func viewsText(r *census.Report) string {
	var words []string
	for i, v := range r.Views {
		if i == 4 {
			words = append(words, fmt.Sprintf("and %d more", len(r.Views)-i))
			break
		}
		words = append(words, fmt.Sprintf("%s (%s) %d", v.View, v.Logsource, v.Events))
	}
	return strings.Join(words, "; ")
}

// fieldsOf counts the fields of all views, and those that no taxonomy of their
// logsource names, where there is one that is meant to be complete.
func fieldsOf(r *census.Report) (fields, unknown int) {
	all, missed := map[string]bool{}, map[string]bool{}
	table := logsource.Default()
	for _, v := range r.Views {
		names, closed := table.FieldNames(parseLogsource(v.Logsource))
		for _, f := range v.Fields {
			all[f.Name] = true
			if closed && !slices.Contains(names, f.Name) {
				missed[f.Name] = true
			}
		}
	}
	return len(all), len(missed)
}

func parseLogsource(text string) (l logsource.Logsource) {
	for word := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "category":
			l.Category = value
		case "product":
			l.Product = value
		case "service":
			l.Service = value
		}
	}
	return l
}

// collections are the recordings of one kind, on which public rules are tried.
var collections = []struct {
	name  string
	files *regexp.Regexp
}{
	{"CloudTrail", regexp.MustCompile(`^cloud/aws/`)},
	{"GCP", regexp.MustCompile(`^cloud/(gcp/|panther)`)},
	{"Zeek", regexp.MustCompile(`^network/`)},
	{"Panther", regexp.MustCompile(`^cloud/panther`)},
	{"web logs", regexp.MustCompile(`^web/`)},
}

// collectionRules are the rules that a collection is about; others that its
// events are tried on belong to another one.
var collectionRules = map[string]func(r *compiler.Rule) bool{
	"GCP": func(r *compiler.Rule) bool { return r.Product == "gcp" },
}

// TestPublicRules tries the public rules on the recordings of the cloud, of
// networks and of web servers. The tables say which fire, and of the others
// that are tried on an event what keeps them from it.
func TestPublicRules(t *testing.T) {
	program, _ := compiler.Compile(corpus.Rules(t), compiler.Options{})
	var fires, silent strings.Builder
	fires.WriteString("collection\trule\ttitle\tevents\tfirst\n")
	silent.WriteString("collection\trule\ttitle\tevents tried\twhy silent\n")
	files := recordings(t)
	for _, collection := range collections {
		firing, quiet := 0, 0
		c := census.New(program)
		ev := evaluator.New(program)
		var events []*telemetry.Event
		count, first := map[*compiler.Rule]int{}, map[*compiler.Rule]string{}
		for _, file := range files {
			if !collection.files.MatchString(file) {
				continue
			}
			read(t, file, func(e *telemetry.Event) {
				c.Add(e, e.Views())
				events = append(events, e)
				matched := map[*compiler.Rule]bool{}
				for _, m := range ev.Match(e) {
					matched[m.Rule] = true
				}
				for r := range matched {
					if count[r]++; count[r] == 1 {
						first[r] = fmt.Sprintf("%s:%d", file, e.Record().Index)
					}
				}
			}, func(*telemetry.Problem) {})
		}
		report := c.Report()
		for i, r := range program.Rules {
			about := collectionRules[collection.name]
			switch {
			case about != nil && !about(r):
			case count[r] > 0:
				firing++
				fmt.Fprintf(&fires, "%s\t%s\t%s\t%d\t%s\n", collection.name, r.ID, r.Title, count[r], first[r])
			case report.Rules[i].Events > 0:
				quiet++
				fmt.Fprintf(&silent, "%s\t%s\t%s\t%d\t%s\n", collection.name, r.ID, r.Title, report.Rules[i].Events, why(ev, r, events, report.Rules[i].Missing))
			}
		}
		t.Logf("%s: %d rules fire, %d are silent", collection.name, firing, quiet)
	}
	golden(t, "public-rules-fire.tsv", fires.String())
	golden(t, "public-rules-silent.tsv", silent.String())
}

// why tells what keeps a rule from matching any of the events that it is tried
// on: fields that none has, and selections that hold on none.
func why(ev *evaluator.Evaluator, r *compiler.Rule, events []*telemetry.Event, missing []string) string {
	held := map[string]bool{}
	var order []string
	var note func(n *evaluator.Node)
	note = func(n *evaluator.Node) {
		if n.Kind == evaluator.SelectionNode {
			if _, known := held[n.Label]; !known {
				order = append(order, n.Label)
			}
			held[n.Label] = held[n.Label] || n.Matched
			return
		}
		for _, arg := range n.Args {
			note(arg)
		}
	}
	for _, e := range events {
		if x := ev.Explain(r, e); !x.NoView {
			note(x.Root)
		}
	}
	var never, words []string
	for _, label := range order {
		if !held[label] {
			never = append(never, label)
		}
	}
	if len(missing) > 0 {
		words = append(words, "no event has "+strings.Join(missing, ", "))
	}
	if len(never) > 0 {
		words = append(words, "on no event holds "+strings.Join(never, ", "))
	}
	if len(words) == 0 {
		return "each selection holds on some event, not as the condition combines them"
	}
	return strings.Join(words, "; ")
}
