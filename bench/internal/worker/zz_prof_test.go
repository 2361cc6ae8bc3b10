package worker

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestZZProf(t *testing.T) {
	lane := os.Getenv("LANE")
	if lane == "" {
		t.Skip()
	}
	home, _ := os.UserHomeDir()
	paths, _ := filepath.Glob(home + "/.cache/socctl-bench/" + lane + "-100000.ndjson")
	assign := map[string]string{"ra": "product=windows", "st": "product=windows,category=process_creation", "ci": "product=cisco,service=aaa"}[lane[:2]]
	rules := []string{home + "/.cache/socctl-bench/rules"}
	r, err := Socctl(Job{Engine: "library", Rules: rules[0], Paths: paths, Every: 1, Routed: true, Assign: assign})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, m := range r.Matches {
		n += m
	}
	fmt.Printf("%s events %d matches %d cpu %v per event %v load %v allocs/ev %.2f caches %v\n", lane, r.Events, n, r.CPU, r.CPU.Nanoseconds()/int64(r.Events), r.Load, float64(r.Allocs)/float64(r.Events), r.Caches)
}
