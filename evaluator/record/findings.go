package record

import (
	"bytes"
	"encoding/gob"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// findings are what some rules found in a file of a recording.
type findings struct {
	Hits     []rememberedHit               // of the rows that some rule has to do with, in their order
	Rules    map[ruleKey][]rememberedMatch // of those that find something
	Sources  map[string]int
	Unrouted int
	Grounds  map[Logsource]*Ground // as of Replayed
}

// rememberedHit is a row.
type rememberedHit struct {
	Row    int32
	Source string
	Index  int
	Time   time.Time
	Record string // in JSON; "" if it is to be read from the file
}

// rememberedMatch is what a rule has found.
type rememberedMatch struct {
	Hit  int32 // index in Hits
	View string
	By   []int // filters of the rule that held it back, by their place; nil for a match
}

// found takes what rules have found.
func found(r *fileReplay) *findings {
	f := &findings{Rules: map[ruleKey][]rememberedMatch{}, Sources: r.Sources, Unrouted: r.Unrouted, Grounds: r.Grounds}
	for i := range r.Hits {
		h := &r.Hits[i]
		record, _ := h.Extra.(string)
		f.Hits = append(f.Hits, rememberedHit{h.row, h.Source, h.Index, h.Time, record})
		for _, match := range h.Matches {
			f.note(match.Rule, rememberedMatch{Hit: int32(i), View: match.View})
		}
		for _, s := range h.Suppressed {
			by := []int{}
			for _, filter := range s.By {
				by = append(by, place(s.Rule, filter))
			}
			f.note(s.Rule, rememberedMatch{Hit: int32(i), View: s.View, By: by})
		}
	}
	return f
}

// note notes a match, once for rules that are the same.
func (f *findings) note(r *compiler.Rule, match rememberedMatch) {
	list := f.Rules[keyOf(r)]
	if n := len(list); n > 0 && list[n-1].Hit == match.Hit {
		return
	}
	f.Rules[keyOf(r)] = append(list, match)
}

// encoded writes findings down.
func (f *findings) encoded() ([]byte, error) {
	var text bytes.Buffer
	err := gob.NewEncoder(&text).Encode(f)
	return text.Bytes(), err
}

// decoded reads findings; nil if that is none.
func decoded(text []byte) *findings {
	f := &findings{}
	if text == nil || gob.NewDecoder(bytes.NewReader(text)).Decode(f) != nil {
		return nil
	}
	return f
}

// place returns the place of a filter among those of a rule.
func place(r *compiler.Rule, f *rules.Filter) int {
	for i, e := range r.Filters {
		if e.Filter == f {
			return i
		}
	}
	return -1
}

func filtersAt(rule *compiler.Rule, places []int) (by []*rules.Filter) {
	for _, n := range places {
		if n >= 0 && n < len(rule.Filters) {
			by = append(by, rule.Filters[n].Filter)
		}
	}
	return by
}
