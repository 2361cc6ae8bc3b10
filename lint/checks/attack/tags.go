package attack

import (
	facts "github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// report reports the findings of one code on the tags of a document. What a tag
// should be instead is offered as a fix if there is no choice.
func report(p *lint.Pass, code facts.Code, help string) {
	if p.Corpus.Facts == nil {
		return
	}
	for _, f := range p.Corpus.Facts.Validate(texts(p.Header.Tags)) {
		if f.Code != code {
			continue
		}
		if f.Tag < 0 {
			p.Report(p.Place(), f.Message, help)
			continue
		}
		tag := p.Header.Tags[f.Tag]
		finding := p.Report(tag.Span, f.Message, help)
		if len(f.Instead) == 1 && !has(p.Header.Tags, f.Tag, f.Instead[0]) && code != facts.TechniqueWithoutTactic {
			finding.Replace(tag.At(0, len(tag.Text)), f.Instead[0], "write "+f.Instead[0])
		}
	}
}

func texts(tags []rules.Scalar) []string {
	out := make([]string, len(tags))
	for i, t := range tags {
		out[i] = t.Text
	}
	return out
}

// has reports whether another tag than the one at except means the same as tag.
func has(tags []rules.Scalar, except int, tag string) bool {
	for i, t := range tags {
		if parsed, ok := facts.ParseTag(t.Text); i != except && ok && parsed.Canonical() == tag {
			return true
		}
	}
	return false
}

// nearestTactic returns the tag of the tactic that was most likely meant, ""
// if none is near.
func nearestTactic(f *facts.Facts, tag string) string {
	parsed, _ := facts.ParseTag(tag)
	if parsed.Kind != facts.TacticTag {
		return ""
	}
	var keys []string
	for _, t := range f.Tactics {
		keys = append(keys, t.Key)
	}
	if near := rules.Nearest(parsed.Name, keys); near != "" {
		return "attack." + near
	}
	return ""
}
