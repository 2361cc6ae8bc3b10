package migration

import (
	"path"
	"strings"

	"github.com/socctl/socctl/rules"
)

// contentctl reads a detection of Splunk's contentctl. Its logic is a search in SPL,
// its tests are recordings on which the search finds something.
func (r *reader) contentctl(file *rules.File) {
	for _, n := range r.documents(file) {
		if n.Get("search") == nil {
			r.different(n.Span, "the file has no search, so it is no detection of contentctl", "")
			continue
		}
		r.remaining(n, "the detection", "the search and its description are written in Sigma by a person; the tests show when they are right", "id", "name", "tests")
		tests := n.Get("tests")
		if tests == nil || tests.Kind != rules.ListNode {
			if tests != nil {
				r.unreadable(tests.Span, "tests is no list", "")
			}
			continue
		}
		if why := n.Get("tags").Get("manual_test"); textOf(why) != "" {
			r.without(why.Span, "the detection is tested by hand there, so its tests are left out", "take over by hand what machines can run")
			continue
		}
		t := r.testFile(r.mirrored(file), "From "+path.Base(file.Path)+" of contentctl.")
		for _, item := range tests.Items {
			r.contentctlTest(t, item)
		}
		if len(t.cases) > 0 {
			r.subject(t, n.Span, []string{textOf(n.Get("id")), textOf(n.Get("name")), stem(file.Path)})
		}
	}
}

func (r *reader) contentctlTest(t *testFile, n *rules.Node) {
	if !r.object(n, "a test") {
		return
	}
	for _, e := range n.Entries {
		switch {
		case e.Key.Text == "name" || e.Key.Text == "attack_data":
		case e.Key.Text == "test_type" && textOf(e.Value) == "unit":
		case e.Key.Text == "test_type":
			r.without(e.Value.Span, "a test of type "+textOf(e.Value)+" is not run by machines there either", "")
			return
		default:
			r.without(e.Key.Span, "the key "+e.Key.Text+" of a test is not taken over", "")
		}
	}
	data := n.Get("attack_data")
	if data == nil || data.Kind != rules.ListNode || len(data.Items) == 0 {
		r.unreadable(n.Span, "the test has no list attack_data", "")
		return
	}
	if len(data.Items) > 1 {
		r.different(data.Span, "the search has to find something in one of the recordings; here every recording is a test of its own", "remove those on which the rule is to be quiet")
	}
	for _, item := range data.Items {
		r.attackData(t, textOf(n.Get("name")), item)
	}
}

// attackData makes a test of one recording: at least one event must match.
func (r *reader) attackData(t *testFile, name string, n *rules.Node) {
	if !r.object(n, "attack_data") {
		return
	}
	source := n.Get("data")
	if textOf(source) == "" {
		r.unreadable(n.Span, "attack_data has no data", "")
		return
	}
	for _, e := range n.Entries {
		switch e.Key.Text {
		case "data":
		case "source", "sourcetype":
			// What a record is is told by the record itself.
		default:
			r.without(e.Key.Span, "the key "+e.Key.Text+" of attack_data is not taken over", "")
		}
	}
	t.add("name", t.unique(name), "file", textNode(t.beside(r.recording(source.Scalar.Text))), "count", inline(mapOf("min", plainNode(1))))
}

// recording is where a recording is looked for: of those in the collection of Splunk
// the path within it, so that a clone can be used, else the path as it is.
func (r *reader) recording(source string) string {
	folder := r.options.Recordings
	if folder == "" {
		folder = "recordings"
	}
	if _, within, known := strings.Cut(source, "/datasets/"); known {
		return path.Join(folder, path.Clean("/"+within))
	}
	if strings.Contains(source, "://") {
		return path.Join(folder, path.Base(path.Clean("/"+source)))
	}
	return path.Join(folder, path.Clean("/"+source))
}
