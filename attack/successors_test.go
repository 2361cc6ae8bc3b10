package attack_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/socctl/socctl/attack"
)

// chain returns a table in which each of the techniques was replaced by the next, and
// the last by another one.
func chain(length int, last string) string {
	var b strings.Builder
	b.WriteString("facts\tsocctl.attack-facts/2\nversion\t20.0\t2026-11-10\tenterprise-attack\ntotals\t0\t0\t0\t0\t0\ntactic\tTA0002\texecution\tExecution\n")
	b.WriteString("technique\tT0001\tLast\texecution\tLinux\t0\t0\t0\t0\n")
	for i := range length {
		by := fmt.Sprintf("T%d", 1000+i+1)
		if i == length-1 {
			by = last
		}
		fmt.Fprintf(&b, "retired\tT%d\tOld\t\trevoked\t%s\n", 1000+i, by)
	}
	return b.String()
}

// A chain of successors takes a time that grows with its length, not with the cube of it.
func TestLongChain(t *testing.T) {
	start := time.Now()
	f, err := attack.Read(strings.NewReader(chain(8000, "T0001")))
	if err != nil {
		t.Fatal(err)
	}
	if next := f.Resolve("T1000"); next == nil || next.ID != "T0001" {
		t.Errorf("the end of the chain is %v", next)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("the chain took %v", took)
	}
}

func TestCircles(t *testing.T) {
	for last, want := range map[string]string{
		"T1000": "T1000 → T1001 → T1002 → T1003 → T1000",
		"T1002": "in a circle: T1002 → T1003 → T1002", // the two before lead into it
		"T1003": "in a circle: T1003 → T1003",
		"T9999": "technique T1003 was replaced by T9999, which there is none of",
	} {
		if _, err := attack.Read(strings.NewReader(chain(4, last))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v\nwant  %s", err, want)
		}
	}
}
