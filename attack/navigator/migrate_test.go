package navigator_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/attack/navigator"
)

func facts(t testing.TB) *attack.Facts {
	t.Helper()
	f, err := attack.Load("19.1")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

const head = `{"name":"mine","versions":{"attack":"18","navigator":"5.1.0","layer":"4.5"},"domain":"enterprise-attack",
  "techniques":[`

func TestMigrate(t *testing.T) {
	for _, c := range []struct {
		name, techniques, want string
		changed, asked         []string
	}{
		{"nothing moved but the release", `{"techniqueID":"T1059","score":1}`, `{"techniqueID":"T1059","score":1}`,
			[]string{"1:37 the layer is of ATT&CK 19"}, nil},
		{"replaced, all else as it was", "{ \"score\" : 1e0,\t\"techniqueID\" : \"T1562.001\" , \"comment\":\"T1562.001 \\u00e4\"}", "{ \"score\" : 1e0,\t\"techniqueID\" : \"T1685\" , \"comment\":\"T1562.001 \\u00e4\"}",
			[]string{"2:50 technique T1562.001 became T1685 (Disable or Modify Tools)", "1:37 the layer is of ATT&CK 19"}, nil},
		{"the tactic as well", `{"techniqueID":"T1562.001","tactic":"defense-evasion"},{"techniqueID":"T1055","tactic":"defense-evasion"}`,
			`{"techniqueID":"T1685","tactic":"defense-impairment"},{"techniqueID":"T1055","tactic":"stealth"}`,
			[]string{"2:32 technique T1562.001 became T1685 (Disable or Modify Tools)", "2:53 the tactic defense-evasion of T1685 became defense-impairment",
				"2:104 the tactic defense-evasion of T1055 became stealth", "1:37 the layer is of ATT&CK 19"}, nil},
		{"two become one", `{"techniqueID":"T1562"},{"techniqueID":"T1562.001"}`, `{"techniqueID":"T1685"},{"techniqueID":"T1562.001"}`,
			[]string{"2:32 technique T1562 became T1685 (Disable or Modify Tools)"}, []string{"2:56 technique T1562.001 became T1685, which the layer has already: keep one of the two"}},
		{"it is there already", `{"techniqueID":"T1562.001"},{"techniqueID":"T1685"}`, `{"techniqueID":"T1562.001"},{"techniqueID":"T1685"}`,
			nil, []string{"2:32 technique T1562.001 became T1685, which the layer has already: keep one of the two"}},
		{"into no new tactic", `{"techniqueID":"T1548.002","tactic":"defense-evasion"}`, `{"techniqueID":"T1548.002","tactic":"defense-evasion"}`,
			nil, []string{"2:53 technique T1548.002 is not of the tactic defense-evasion: it is of privilege-escalation"}},
		{"a silent move", `{"techniqueID":"T1574.001","tactic":"persistence"}`, `{"techniqueID":"T1574.001","tactic":"persistence"}`,
			nil, []string{"2:53 technique T1574.001 is not of the tactic persistence: it is of execution, stealth"}},
		{"unknown and given up", `{"techniqueID":"T9999"},{"techniqueID":"T1064"}`, `{"techniqueID":"T9999"},{"techniqueID":"T1064"}`,
			nil, []string{"2:32 technique T9999 is not in ATT&CK 19.1", "2:56 technique T1064 was given up without a successor"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			source := head + c.techniques + "]}\n"
			result, err := navigator.Migrate([]byte(source), facts(t))
			if err != nil {
				t.Fatal(err)
			}
			want := head + c.want + "]}\n"
			if len(c.asked) == 0 {
				want = strings.Replace(want, `"attack":"18"`, `"attack":"19"`, 1)
			}
			if diff := cmp.Diff(want, string(result.After)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([][]string{c.changed, c.asked}, [][]string{texts(result.Changed), texts(result.Asked)}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func texts(lines []navigator.Line) (out []string) {
	for _, l := range lines {
		out = append(out, fmt.Sprintf("%d:%d %s", l.Line, l.Column, l.Text))
	}
	return out
}

// A file may hold several layers; each is judged on its own.
func TestList(t *testing.T) {
	one := strings.Replace(head, "mine", "one", 1) + `{"techniqueID":"T1562.001"}]}`
	two := strings.Replace(head, "mine", "two", 1) + `{"techniqueID":"T9999"}]}`
	result, err := navigator.Migrate([]byte("[\n"+one+",\n"+two+"\n]"), facts(t))
	if err != nil {
		t.Fatal(err)
	}
	var layers []struct {
		Name     string
		Versions struct{ Attack string }
	}
	if err := json.Unmarshal(result.After, &layers); err != nil {
		t.Fatal(err)
	}
	if layers[0].Versions.Attack != "19" || layers[1].Versions.Attack != "18" || result.Asked[0].Layer != "two" {
		t.Errorf("%+v, asked %+v", layers, result.Asked)
	}
}

func TestBadLayers(t *testing.T) {
	good := head + `{"techniqueID":"T1562.001"}]}`
	for name, c := range map[string]struct {
		source, want string
		future       bool
	}{
		"of the future":         {strings.Replace(good, `"attack":"18"`, `"attack":"20"`, 1), "1:37: the layer is of ATT&CK 20, and the facts are of 19.1: it is newer than what is known here", true},
		"format of the future":  {strings.Replace(good, `"layer":"4.5"`, `"layer":"5.0"`, 1), "1:70: the layer is of format 5.0, and formats 4.0 to 4.5 are understood: it is newer", true},
		"an old format":         {strings.Replace(good, `"versions":{"attack":"18","navigator":"5.1.0","layer":"4.5"}`, `"version":"2.2"`, 1), "1:26: the layer is of format 2.2, and formats 4.0 to 4.5 are understood: open it in the Navigator", false},
		"no format":             {`{"name":"x"}`, "this is no layer of the Navigator", false},
		"another domain":        {strings.Replace(good, "enterprise-attack", "mobile-attack", 1), `1:86: the layer is of the domain "mobile-attack", and the facts are of enterprise-attack`, false},
		"cut off":               {good[:150], "the file ends in the middle of a layer", false},
		"empty":                 {"", "1:1: the file ends in the middle of a layer", false},
		"no JSON":               {"name: x", "1:1: invalid character", false},
		"a text":                {`"layer"`, "found layer, want {", false},
		"techniques is no list": {strings.Replace(good, `[{"techniqueID":"T1562.001"}]`, `{}`, 1), "found {, want [", false},
		"two":                   {good + good, "something follows the layer", false},
		"an id that is a list":  {strings.Replace(good, `"T1562.001"`, `["T1562.001"]`, 1), "found [, want a text", false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := navigator.Migrate([]byte(c.source), facts(t))
			if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, navigator.ErrFuture) != c.future {
				t.Errorf("error %v\nwant  %s", err, c.want)
			}
		})
	}
}

func FuzzMigrate(f *testing.F) {
	f.Add([]byte(head + `{"techniqueID":"T1562.001","tactic":"defense-evasion"}]}`))
	f.Add([]byte("[" + head + `{"techniqueID":"T1562.001"}]}]`))
	f.Fuzz(func(t *testing.T, source []byte) {
		result, err := navigator.Migrate(source, facts(t))
		if err != nil {
			return
		}
		if !json.Valid(result.After) {
			t.Fatalf("%q became %q", source, result.After)
		}
		again, err := navigator.Migrate(result.After, facts(t))
		if err != nil {
			t.Fatalf("%q became %q: %v", source, result.After, err)
		}
		if string(again.After) != string(result.After) {
			t.Errorf("%q became %q, and then %q", source, result.After, again.After)
		}
	})
}
