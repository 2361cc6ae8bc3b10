package telemetry

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/Velocidex/ordereddict"
	"www.velocidex.com/golang/evtx"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
)

// TestEVTXAgainstVelocidex compares the fields that both readers have in the
// undamaged recordings. What the other one does not keep is not compared: the
// types of hex numbers (their values are), the digits of times, the position
// of Data elements without a name, braces. Known faults of the other one are
// in velocidexFaults.
func TestEVTXAgainstVelocidex(t *testing.T) {
	root := corpus.Path(t, "evtx")
	fields, differences := 0, 0
	for _, file := range filesBelow(t, root, ".evtx") {
		if strings.Contains(file, "corrupted") || strings.HasPrefix(filepath.Base(file), "2-vss_0") {
			continue
		}
		ours, _ := readAll(t, ReadOptions{}, file)
		theirs := velocidexRecords(t, file)
		if len(ours) != len(theirs) {
			t.Errorf("%s: %d records, the other reader has %d", file, len(ours), len(theirs))
			continue
		}
		for i := range ours {
			got, want := map[string]string{}, map[string]string{}
			flattenValue("", ours[i].Value, got)
			flattenVelocidex("", theirs[i].Event, want)
			for path, w := range want {
				g, ok := got[path]
				if !ok || velocidexFaults(file, path) || timeText.MatchString(g) {
					continue
				}
				fields++
				if comparableText(g) != comparableText(w) {
					differences++
					t.Errorf("%s: record %d: %s is %q, the other reader has %q", file, i, path, g, w)
				}
			}
		}
	}
	t.Logf("%d fields, %d differences", fields, differences)
}

// velocidexFaults are fields that the other reader gets wrong: pointers (type
// 0x10) and 8-bit integers come as raw characters, and classic events lose
// empty strings.
func velocidexFaults(file, path string) bool {
	name := filepath.Base(file)
	return strings.Contains(name, "with_size_t") && (strings.HasSuffix(path, "/ProcessId") || strings.HasSuffix(path, "/HandleId")) ||
		strings.HasSuffix(path, "/LoadPluginFailed/Context") ||
		strings.HasPrefix(name, "ID800-") && strings.HasPrefix(path, "/Event/EventData/Data/")
}

var timeText = regexp.MustCompile(`^\d{4,5}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$`)

func velocidexRecords(t *testing.T, file string) (records []*evtx.EventRecord) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	chunks, err := evtx.GetChunks(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, chunk := range chunks {
		found, err := chunk.Parse(0)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, found...)
	}
	return records
}

func flattenVelocidex(path string, v any, out map[string]string) {
	switch v := v.(type) {
	case *ordereddict.Dict:
		for _, key := range v.Keys() {
			item, _ := v.Get(key)
			flattenVelocidex(path+"/"+key, item, out)
		}
	case []any:
		for i, item := range v {
			flattenVelocidex(fmt.Sprintf("%s/%d", path, i), item, out)
		}
	case []string:
		for i, item := range v {
			out[fmt.Sprintf("%s/%d", path, i)] = item
		}
	case []byte:
		out[path] = fmt.Sprintf("%X", v)
	case nil:
	default:
		out[strings.TrimSuffix(path, "/Value")] = evaluator.ValueOf(v).Text()
	}
}

// flattenValue flattens a record to paths as the other reader has them.
func flattenValue(path string, v evaluator.Value, out map[string]string) {
	switch v.Kind() {
	case evaluator.Object:
		for _, m := range v.Members() {
			switch m.Name {
			case "#attributes", "#text":
				flattenValue(path, m.Value, out)
			default:
				flattenValue(path+"/"+m.Name, m.Value, out)
			}
		}
	case evaluator.List:
		for i, item := range v.Items() {
			flattenValue(fmt.Sprintf("%s/%d", path, i), item, out)
		}
	case evaluator.Null:
	default:
		out[path] = v.Text()
	}
}

func comparableText(text string) string {
	if m := braces.FindStringSubmatch(text); m != nil {
		return strings.ToUpper(m[1])
	}
	if digits, ok := strings.CutPrefix(text, "0x"); ok {
		if n, err := strconv.ParseUint(digits, 16, 64); err == nil {
			return strconv.FormatUint(n, 10)
		}
	}
	return strings.TrimRight(text, "\x00")
}
