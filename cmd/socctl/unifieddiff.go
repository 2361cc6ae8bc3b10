package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
)

// writeDiff writes a unified diff of a file, with three lines of context, as git apply
// takes it.
func writeDiff(out io.Writer, s report.Style, path string, before, after []byte) error {
	const context = 3
	w := bufio.NewWriter(out)
	path = report.Clean(path)
	lines := lineDiff(splitLines(before), splitLines(after))
	fmt.Fprintf(w, "%s\n%s\n", s.Paint(report.Bold, "--- a/"+path), s.Paint(report.Bold, "+++ b/"+path))
	near := func(i int) bool {
		for j := max(0, i-context); j < min(len(lines), i+context+1); j++ {
			if lines[j][0] != ' ' {
				return true
			}
		}
		return false
	}
	a, b := 1, 1
	for i := 0; i < len(lines); {
		if !near(i) {
			a, b, i = a+1, b+1, i+1
			continue
		}
		end, ofA, ofB := i, 0, 0
		for ; end < len(lines) && near(end); end++ {
			if lines[end][0] != '+' {
				ofA++
			}
			if lines[end][0] != '-' {
				ofB++
			}
		}
		fmt.Fprintln(w, s.Paint(report.Cyan, fmt.Sprintf("@@ -%s +%s @@", hunk(a, ofA), hunk(b, ofB))))
		for _, line := range lines[i:end] {
			colour := map[byte]string{'-': report.Red, '+': report.Green}[line[0]]
			text, ended := strings.CutSuffix(line, "\n")
			fmt.Fprintln(w, s.Paint(colour, text[:1]+text[2:]))
			if !ended {
				fmt.Fprintln(w, `\ No newline at end of file`)
			}
		}
		a, b, i = a+ofA, b+ofB, end
	}
	if err := w.Flush(); err != nil {
		return &exitError{exitUnreadable, err}
	}
	return nil
}

// hunk names lines of a file: none of them stand behind the line before.
func hunk(first, count int) string {
	if count == 0 {
		first--
	}
	return fmt.Sprintf("%d,%d", first, count)
}

// splitLines returns lines with their ends, as the last may have none.
func splitLines(text []byte) []string { return slices.Collect(strings.Lines(string(text))) }
