package meta

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var referenceDead = &lint.Check{
	Name:  "meta/reference-dead",
	Title: `a reference to a page that is gone`,
	Doc: `Its host says that there is no such page, or there is no such host. An archived copy keeps what the rule was made from. Servers that do not answer, refuse
or fail say nothing about the page, so they are not reported.

The result depends on the network and on the day: the check has no place in a build that must be reproducible, and nothing asks the network unless the
configuration or ` + "`--enable`" + ` names this check. With ` + "`--base`" + ` only references are tried that were not there before. Private addresses are not asked, proxies
not used.`,
	Bad: `
title: Whoami
references:
    - https://gone.example.com/whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
references:
    - https://example.com/whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity: rules.Info,
	Off:      true,
	Online:   true,
	Scope:    lint.CorpusScope,
	Options: []lint.Option{
		{Name: "max", Doc: "references that are tried, in the order of files", Default: 500},
		{Name: "seconds", Doc: "seconds after which no further reference is tried", Default: 120},
	},
	Run: func(p *lint.Pass) {
		if p.Corpus.Gone == nil {
			return
		}
		pages := newPages(p.Corpus)
		tried := min(len(pages), p.Int("max"))
		ask(p.Corpus.Gone, pages[:tried], time.Duration(p.Int("seconds"))*time.Second)
		left := append([]*page(nil), pages[tried:]...)
		for _, l := range pages[:tried] {
			switch {
			case !l.asked:
				left = append(left, l)
			case l.gone != "":
				for _, at := range l.places {
					p.ReportOn(at.in, at.written.Span, "the page is gone: "+l.gone, "refer to an archived copy, or to another page")
				}
			}
		}
		if len(left) > 0 {
			at := left[0].places[0]
			p.ReportOn(at.in, at.written.Span, fmt.Sprintf("%d references were not tried, this one among them", len(left)), "raise max or seconds of meta/reference-dead")
		}
	},
}

// page is a URL with the places that refer to it.
type page struct {
	url    string
	places []reference
	asked  bool
	gone   string
}

type reference struct {
	in      *lint.Subject
	written rules.Scalar
}

// newPages returns the pages of all documents that were not there before a
// change, each once, in the order of files.
func newPages(c *lint.Corpus) (out []*page) {
	known := map[string]*page{}
	if c.Base != nil {
		for _, s := range c.Base.Subjects {
			for _, r := range s.Header.References {
				known[r.Text] = &page{}
			}
		}
	}
	for _, s := range c.Subjects {
		for _, r := range s.Header.References {
			if !strings.HasPrefix(r.Text, "https://") && !strings.HasPrefix(r.Text, "http://") {
				continue
			}
			if known[r.Text] == nil {
				known[r.Text] = &page{url: r.Text}
				out = append(out, known[r.Text])
			}
			known[r.Text].places = append(known[r.Text].places, reference{s, r})
		}
	}
	return out
}

// askers is how many hosts are asked at a time.
const askers = 8

// ask tries pages for some time.
func ask(gone func(string) string, pages []*page, limit time.Duration) {
	end := time.Now().Add(limit)
	next := make(chan *page)
	var wg sync.WaitGroup
	for range min(askers, len(pages)) {
		wg.Go(func() {
			for l := range next {
				l.asked, l.gone = true, gone(l.url)
			}
		})
	}
	for _, l := range pages {
		if time.Now().After(end) {
			break
		}
		next <- l
	}
	close(next)
	wg.Wait()
}
