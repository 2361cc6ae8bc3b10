//go:build linux

package stix_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/socctl/socctl/attack/stix"
)

// BenchmarkImport measures the import of a whole bundle in a process of its own:
// time, and the most memory that the process had. The second bundle is made up,
// STIX 2.1 of 45 MB.
func BenchmarkImport(b *testing.B) {
	if path := os.Getenv("SOCCTL_IMPORT"); path != "" {
		importFile(b, path)
		return
	}
	b.Run("18.1", func(b *testing.B) { importInChild(b, shared(b, "enterprise-attack-18.1.stix20.json.zst"), "18.1") })
	b.Run("synthetic", func(b *testing.B) {
		text := bundle{techniques: 1200, padding: 2000, version: "20.0"}.text()
		if len(text) < 45<<20 {
			b.Fatalf("the bundle has only %d bytes", len(text))
		}
		importInChild(b, text, "")
	})
}

func importInChild(b *testing.B, text []byte, release string) {
	path := filepath.Join(b.TempDir(), "bundle.json")
	if err := os.WriteFile(path, text, 0o644); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	most := 0
	var busy time.Duration
	for b.Loop() {
		cmd := exec.Command(os.Args[0], "-test.run", "^$", "-test.bench", "BenchmarkImport$", "-test.benchtime", "1x")
		cmd.Env = append(os.Environ(), "SOCCTL_IMPORT="+path, "SOCCTL_IMPORT_RELEASE="+release)
		out, err := cmd.CombinedOutput()
		peak := peakText.FindSubmatch(out)
		busy += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		if err != nil || peak == nil {
			b.Fatalf("%v\n%s", err, out)
		}
		kib, err := strconv.Atoi(string(peak[1]))
		if err != nil {
			b.Fatal(err)
		}
		most = max(most, kib)
	}
	b.ReportMetric(float64(len(text))/1e6, "MB-bundle")
	b.ReportMetric(busy.Seconds()/float64(b.N), "cpu-s/op") // which a busy machine does not change much
	b.ReportMetric(float64(most)/(1<<10), "MiB-peak")
}

// peakText is what the kernel says of the most memory that a process had. What it
// tells the parent counts the parent as well.
var peakText = regexp.MustCompile(`VmHWM:\s*([0-9]+) kB`)

func importFile(b *testing.B, path string) {
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	var r stix.Reader
	if err := r.Read(path, file); err != nil {
		b.Fatal(err)
	}
	if _, err := r.Facts(stix.Options{Version: os.Getenv("SOCCTL_IMPORT_RELEASE")}); err != nil {
		b.Fatal(err)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	fmt.Printf("%s\n", peakText.Find(status))
}
