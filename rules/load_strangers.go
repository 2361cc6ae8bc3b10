package rules

import (
	"fmt"
	"path"
)

// codeNotRule is the code of diagnostics about documents that are not Sigma.
const codeNotRule = "schema/not-a-rule"

// manyStrangers is from how many files on a folder is spoken of as a whole.
const manyStrangers = 2

// strangers says once of a folder in which nothing is Sigma, such as one of tests, what
// would be said of each of its files. Folders are those that were walked, and below.
func strangers(sources []source, docs [][]Document, diags []Diagnostics) {
	known := map[string]bool{} // folders with anything else
	for i, s := range sources {
		if !isStranger(docs[i], diags[i]) {
			for dir := path.Dir(s.path); !known[dir]; dir = path.Dir(dir) {
				known[dir] = true
			}
		}
	}
	first, count := map[string]int{}, map[string]int{} // by the topmost folder with strangers only
	for i, s := range sources {
		if s.root == "" || !isStranger(docs[i], diags[i]) {
			continue
		}
		if dir := topmost(s, known); dir != "" {
			if count[dir]++; count[dir] == 1 {
				first[dir] = i
				continue
			}
			diags[i] = nil
		}
	}
	for dir, i := range first {
		if count[dir] < manyStrangers {
			continue
		}
		d := &diags[i][0]
		d.Message = fmt.Sprintf("none of %d files in %s is Sigma: this one has neither title nor logsource nor detection", count[dir], dir)
		d.Help = "name the folder of the rules instead, here or under rules: in .socctl.yml"
		diags[i] = diags[i][:1]
	}
}

// topmost returns the largest folder around a file, within what was walked, of which
// nothing is known; "" if there is none.
func topmost(s source, known map[string]bool) string {
	best := ""
	for dir := path.Dir(s.path); !known[dir]; dir = path.Dir(dir) {
		best = dir
		if dir == s.root || dir == path.Dir(dir) {
			break
		}
	}
	return best
}

// isStranger reports whether a file has documents, of which none is Sigma.
func isStranger(docs []Document, diags Diagnostics) bool {
	for _, d := range diags {
		if d.Code != codeNotRule {
			return false
		}
	}
	return len(docs) == 0 && len(diags) > 0
}
