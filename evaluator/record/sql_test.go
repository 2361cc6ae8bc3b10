package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/corpus"
)

// sysmon are the events of Sysmon that rules of a category look at.
var sysmon = map[string]string{
	"process_creation": "1", "network_connection": "3", "driver_load": "6", "image_load": "7", "create_remote_thread": "8",
	"process_access": "10", "file_event": "11", "registry_set": "13", "pipe_created": "17", "dns_query": "22", "file_delete": "23",
}

const sysmonChannel = "Microsoft-Windows-Sysmon/Operational"

// sql is an expression in SQL, over the columns of a recording; false for what is not
// simple to say there.
func sql(p *compiler.Program, e *compiler.Expr, columns map[string]bool) (string, bool) {
	switch e.Op {
	case compiler.Leaf:
		return sqlAtom(&p.Predicates[e.Atom], columns)
	case compiler.Not:
		inner, ok := sql(p, e.Args[0], columns)
		return "not coalesce(" + inner + ", false)", ok
	}
	var parts []string
	for _, arg := range e.Args {
		part, ok := sql(p, arg, columns)
		if !ok {
			return "", false
		}
		parts = append(parts, "("+part+")")
	}
	if e.Op == compiler.And {
		return strings.Join(parts, " and "), true
	}
	return strings.Join(parts, " or "), true
}

func sqlAtom(p *compiler.Predicate, columns map[string]bool) (string, bool) {
	if p.Op != compiler.OpText || p.Field == "" || p.Pattern.Cased() {
		return "", false
	}
	anchor, literals, simple := p.Pattern.Simple()
	if !simple || len(literals) != 1 {
		return "", false
	}
	if !columns[p.Field] {
		return "false", true
	}
	column := `upper("` + p.Field + `")`
	text := "'" + strings.ReplaceAll(strings.ToUpper(literals[0]), "'", "''") + "'"
	switch anchor {
	case compiler.Anywhere:
		return "contains(" + column + ", " + text + ")", true
	case compiler.AtStart:
		return "starts_with(" + column + ", " + text + ")", true
	case compiler.AtEnd:
		return "ends_with(" + column + ", " + text + ")", true
	}
	return column + " = " + text, true
}

// python runs a program in Python with DuckDB, which the test is skipped without.
func python(t *testing.T, program string, in any) []byte {
	t.Helper()
	if err := exec.CommandContext(t.Context(), "python3", "-c", "import duckdb").Run(); err != nil {
		t.Skip("python3 with duckdb is not installed: pip install duckdb")
	}
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "python3", "-c", program)
	cmd.Stdin = bytes.NewReader(text)
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, problems.String())
	}
	return out
}

// DuckDB counts in the files what a replay finds, for rules that are simple to say in
// SQL.
func TestSQL(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(corpus.Path(t, "windows-json/*.ndjson.zst"))
	if err != nil || len(files) < 40 {
		t.Fatal(files, err)
	}
	dir := t.TempDir()
	w, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows := addAll(t, w, files[:8]...)
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	source := fmt.Sprintf("read_parquet('%s/**/*.parquet', union_by_name=true)", dir)
	var names [][]any
	if err := json.Unmarshal(python(t, `import duckdb,json,sys; duckdb.sql("set enable_progress_bar = false"); print(json.dumps(duckdb.sql("describe select * from " + json.load(sys.stdin)).fetchall()))`, source), &names); err != nil {
		t.Fatal(err)
	}
	columns := map[string]bool{}
	for _, n := range names {
		columns[n[0].(string)] = true
	}
	p, _ := compiler.Compile(corpus.Rules(t), compiler.Options{})
	want := map[*compiler.Rule]int{}
	err = Replay(t.Context(), dir, p, ReplayOptions{}, func(r *Replayed) error {
		for _, h := range r.Hits {
			event, err := h.Event()
			if err != nil {
				return err
			}
			if channel, _ := event.Field("Channel"); channel.Text() != sysmonChannel {
				continue
			}
			for _, m := range h.Matches {
				want[m.Rule]++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var rules []*compiler.Rule
	var queries []string
	quiet := 0
	for _, r := range p.Rules {
		id, known := sysmon[r.Category]
		where, ok := sql(p, r.Expr, columns)
		if !known || !ok || r.Product != "windows" || r.Service != "" {
			continue
		}
		if want[r] == 0 {
			if quiet++; quiet > 20 {
				continue
			}
		}
		rules = append(rules, r)
		queries = append(queries, fmt.Sprintf(`select count(*) from %s where "Channel" = '%s' and "EventID" = '%s' and (%s)`, source, sysmonChannel, id, where))
	}
	var counts []int
	program := `import duckdb,json,sys
duckdb.sql("set enable_progress_bar = false")
print(json.dumps([duckdb.sql(q).fetchall()[0][0] for q in json.load(sys.stdin)]))`
	if err := json.Unmarshal(python(t, program, queries), &counts); err != nil {
		t.Fatal(err)
	}
	fired := 0
	for i, r := range rules {
		if counts[i] != want[r] {
			t.Errorf("%s: DuckDB counts %d, a replay finds %d\n%.1000s", r.Title, counts[i], want[r], queries[i])
		}
		if want[r] > 0 {
			fired++
		}
	}
	t.Logf("%d rows, %d rules, %d of which fire", rows, len(rules), fired)
	if fired < 20 {
		t.Errorf("only %d rules fire", fired)
	}
}
