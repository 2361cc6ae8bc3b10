package meta

import (
	_ "embed"
	"path"
	"slices"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var filenamePrefix = &lint.Check{
	Name:  "meta/filename-prefix",
	Title: `a file name that does not begin as those of its logsource do`,
	Doc: "The public rules are named after where their events come from: `proc_creation_win_…`, `aws_…`, `correlation_…`. A file of several documents may be named after any\n" +
		"of them. Prefixes of the house are given as a prefix and the parts of the logsource that it is for, as in `acme_proc_ product=windows\n" +
		"category=process_creation`, with `kind=correlation` for correlations; they come before the built-in ones. Off, because houses differ.",
	Bad: `
-- whoami_execution.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
-- proc_creation_win_whoami_execution.yml --
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity: rules.Info,
	Off:      true,
	Scope:    lint.CorpusScope,
	Options: []lint.Option{
		{Name: "prefixes", Doc: "prefixes of the house, each with parts of a logsource", Default: []string{}},
		{Name: "built-in", Doc: "whether the prefixes of the public rules hold too", Default: true},
	},
	Elsewhere: []string{"sigmahq sigmahq_filename_prefix", "sigmahq sigmahq_correlation_filename_prefix", "sigmahq-tests test_file_names"},
	Run: func(p *lint.Pass) {
		rows := p.Texts("prefixes")
		if p.Bool("built-in") {
			rows = append(slices.Clone(rows), strings.Split(publicPrefixes, "\n")...)
		}
		table := prefixTable(rows)
		fits := map[string]bool{} // by file
		for _, s := range p.Corpus.Subjects {
			prefix := table.of(s)
			fits[s.Path()] = fits[s.Path()] || prefix == "" || strings.HasPrefix(path.Base(s.Path()), prefix)
		}
		for _, s := range p.Corpus.Subjects {
			if !fits[s.Path()] {
				fits[s.Path()] = true // once for a file
				p.ReportOn(s, s.Place(), "the file name "+path.Base(s.Path())+" does not begin with "+table.of(s), "rename the file")
			}
		}
	},
}

//go:embed filename_prefixes.txt
var publicPrefixes string

// prefixes are prefixes of file names with the parts that ask for them.
type prefixes []prefixRow

type prefixRow struct {
	prefix string
	parts  []string // product=windows
}

func prefixTable(rows []string) prefixes {
	var out prefixes
	for _, row := range rows {
		if words := strings.Fields(row); len(words) > 0 && words[0] != "#" {
			out = append(out, prefixRow{words[0], words[1:]})
		}
	}
	return out
}

// of returns the prefix for a document, "" if none is asked for.
func (t prefixes) of(s *lint.Subject) string {
	source := s.Source()
	have := []string{"kind=" + s.Kind(), "product=" + source.Product, "category=" + source.Category, "service=" + source.Service}
	for _, row := range t {
		if !slices.ContainsFunc(row.parts, func(part string) bool { return !slices.Contains(have, part) }) {
			return row.prefix
		}
	}
	return ""
}
