package main

import "slices"

// lineDiff returns the lines of two texts in one list, each behind a blank, or
// behind - and + where only the first or the second text has it. Texts of more
// than some thousand lines in the middle are not aligned: first all -, then all +.
func lineDiff(before, after []string) []string {
	var out []string
	add := func(mark string, lines []string) {
		for _, l := range lines {
			out = append(out, mark+" "+l)
		}
	}
	start := 0
	for start < min(len(before), len(after)) && before[start] == after[start] {
		start++
	}
	end := 0
	for end < min(len(before), len(after))-start && before[len(before)-1-end] == after[len(after)-1-end] {
		end++
	}
	add(" ", before[:start])
	a, b := before[start:len(before)-end], after[start:len(after)-end]
	if len(a)*len(b) > 4_000_000 {
		add("-", a)
		add("+", b)
	} else {
		out = slices.Concat(out, aligned(a, b))
	}
	add(" ", before[len(before)-end:])
	return out
}

// aligned diffs by the longest common subsequence.
func aligned(a, b []string) []string {
	width := len(b) + 1
	length := make([]int, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i*width+j] = length[(i+1)*width+j+1] + 1
			} else {
				length[i*width+j] = max(length[(i+1)*width+j], length[i*width+j+1])
			}
		}
	}
	var out []string
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, "  "+a[i])
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && length[(i+1)*width+j] >= length[i*width+j+1]:
			out = append(out, "- "+a[i])
			i++
		default:
			out = append(out, "+ "+b[j])
			j++
		}
	}
	return out
}
