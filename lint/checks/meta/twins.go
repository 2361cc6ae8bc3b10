package meta

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// reportTwins reports entries of a list that are there before, letter case
// aside, and offers to remove their lines.
func reportTwins(p *lint.Pass, list []rules.Scalar, what string) {
	first := map[string]rules.Scalar{}
	for _, s := range list {
		key := strings.ToLower(strings.TrimSpace(s.Text))
		before, twice := first[key]
		if !twice {
			first[key] = s
			continue
		}
		p.Report(s.Span, "the "+what+" "+strconv.Quote(s.Text)+" is there twice", "remove one").Also(before.Span, "first given here").
			FixBy("remove it", lint.EditsOf(lint.RemoveLines(s.Span))...)
	}
}

// reportForm reports tags of a namespace whose name is not of a form.
func reportForm(p *lint.Pass, namespace string, form *regexp.Regexp, help string) {
	for _, t := range p.Header.Tags {
		name, ours := strings.CutPrefix(strings.ToLower(t.Text), namespace+".")
		if ours && !form.MatchString(name) {
			p.Report(t.Span, "there is no tag "+t.Text, help)
		}
	}
}
