package main

import (
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

var counted = regexp.MustCompile(`\{\{n(?:/(\d+))?(?:%(\d+))?(?:\+(\d+))?\}\}`)

// repeat N TEMPLATE OUT writes the lines of a template N times. {{n}} is the number of
// the repetition, from 0; {{n/A%B+C}} is what is computed from it, from left to right.
func repeat(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: repeat N TEMPLATE OUT")
	}
	times, err := strconv.Atoi(args[0])
	ts.Check(err)
	template := ts.ReadFile(args[1])
	var out strings.Builder
	for n := range times {
		out.WriteString(counted.ReplaceAllStringFunc(template, func(place string) string {
			part := counted.FindStringSubmatch(place)
			x := n
			for i, do := range []func(int){func(a int) { x /= a }, func(a int) { x %= a }, func(a int) { x += a }} {
				if part[i+1] != "" {
					a, err := strconv.Atoi(part[i+1])
					ts.Check(err)
					do(a)
				}
			}
			return strconv.Itoa(x)
		}))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(out.String()), 0o644))
}
