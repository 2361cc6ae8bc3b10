package telemetry

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/rules/logsource"
)

// strays are values of recordings that their field's domain does not admit, by
// part of the recording's path and of the value, with the reason why they count
// for nothing.
var strays = []struct{ recording, value, reason string }{
	{"psh_mavinject_dll_notepad", `owerShell.Commands.MWindowsPowerShell\v1.0\powershell.exe`, overwritten},
	{"splunk-attack-range-T1027", "\u6578", overwritten},
	{"splunk-attack-range-T1047", "\uaea0", overwritten},
	{"de_unmanagedpowershell_psinject_sysmon_7_8_10", `\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`, overwritten},
	{"LM_sysmon_psexec_smb_meterpreter", `50\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`, overwritten},
	{"lm_sysmon_18_remshell_over_namedpipe", `io\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`, overwritten},
	{"sysmon_1_7_elevate_uacbypass_sysprep", "\r", overwritten},
}

const overwritten = "SourceImage of an early Sysmon: the front of the path is overwritten memory"

// domainField is a field of a view whose domain says something.
type domainField struct {
	name  string
	is    string
	keeps func(string) bool
	seen  map[string]bool
}

// TestRecordingsKeepToDomains shows that no value of any recorded event lies
// strays of the domain that the table gives its field, but for those listed.
func TestRecordingsKeepToDomains(t *testing.T) {
	var paths []string
	for _, folder := range []string{"windows-json", "windows-xml", "sigma/regression_data", "evtx/EVTX-ATTACK-SAMPLES", "evtx/EVTX-to-MITRE-Attack", "evtx/DeepBlueCLI", "cloud/aws", "network/zeek-apt29"} {
		paths = append(paths, corpus.Path(t, folder))
	}
	table := logsource.Default()
	n := NewNormaliser(table)
	fields := map[logsource.Logsource][]*domainField{}
	values, distinct, used := 0, 0, make([]int, len(strays))
	told := map[string]bool{}
	for r, err := range Read(t.Context(), paths, ReadOptions{}) {
		if err != nil {
			continue // what cannot be read is counted elsewhere
		}
		for _, v := range n.Event(r).Views() {
			l := logsource.Logsource{Category: v.Logsource["category"], Product: v.Logsource["product"], Service: v.Logsource["service"]}
			known, ok := fields[l]
			if !ok {
				known = domainFields(table, l)
				fields[l] = known
			}
			for _, f := range known {
				value, present := v.Event.Field(f.name)
				if !present || value.Kind() == evaluator.List || value.Kind() == evaluator.Object {
					continue
				}
				text := value.Text()
				values++
				if f.seen[text] {
					continue
				}
				f.seen[text] = true
				distinct++
				if f.keeps(text) || value.IsNull() {
					continue
				}
				if i := explained(r.Source, text); i >= 0 {
					used[i]++
					continue
				}
				if key := fmt.Sprint(l, f.name); !told[key+text] && len(told) < 200 {
					told[key+text] = true
					t.Errorf("%s: %s %s is %q and not %s", filepath.ToSlash(r.Source), l, f.name, text, f.is)
				}
			}
		}
	}
	for i, o := range strays {
		if used[i] == 0 {
			t.Errorf("no value of %s holds %q any more (%s)", o.recording, o.value, o.reason)
		}
	}
	if distinct < 20_000 {
		t.Errorf("only %d distinct values were checked", distinct)
	}
	t.Logf("%d values, %d distinct ones by field, of %d logsources", values, distinct, len(fields))
}

func explained(source, text string) int {
	for i, o := range strays {
		if strings.Contains(filepath.ToSlash(source), o.recording) && strings.Contains(text, o.value) {
			return i
		}
	}
	return -1
}

func domainFields(table *logsource.Table, l logsource.Logsource) (out []*domainField) {
	done := map[string]bool{}
	for _, f := range table.Fields {
		d := table.DomainOf(l, f.Name)
		if done[f.Name] || d == nil || len(d.Patterns) == 0 {
			continue
		}
		done[f.Name] = true
		out = append(out, &domainField{name: f.Name, is: d.Is, keeps: d.Keeps(), seen: map[string]bool{}})
	}
	return out
}
