package report

import (
	"fmt"
	"strings"

	"github.com/socctl/socctl/attack/coverage"
)

// layer is a layer of the ATT&CK Navigator, in version 4.5 of its format.
type layer struct {
	Name        string           `json:"name"`
	Versions    layerVersions    `json:"versions"`
	Domain      string           `json:"domain"`
	Description string           `json:"description"`
	Filters     layerFilters     `json:"filters"`
	Sorting     int              `json:"sorting"`
	Layout      layerLayout      `json:"layout"`
	Hide        bool             `json:"hideDisabled"`
	Techniques  []layerTechnique `json:"techniques"`
	Gradient    *layerGradient   `json:"gradient,omitempty"`
	Legend      []layerLegend    `json:"legendItems"`
	Metadata    []layerPair      `json:"metadata"`
	SelectAll   bool             `json:"selectTechniquesAcrossTactics"`
	SelectSubs  bool             `json:"selectSubtechniquesWithParent"`
}

type layerVersions struct {
	Attack    string `json:"attack"`
	Navigator string `json:"navigator"`
	Layer     string `json:"layer"`
}

type layerFilters struct {
	Platforms []string `json:"platforms"`
}

type layerLayout struct {
	Layout    string `json:"layout"`
	ShowID    bool   `json:"showID"`
	ShowName  bool   `json:"showName"`
	Aggregate bool   `json:"showAggregateScores"`
	Count     bool   `json:"countUnscored"`
	Function  string `json:"aggregateFunction"`
	Expanded  string `json:"expandedSubtechniques"`
}

type layerTechnique struct {
	ID       string      `json:"techniqueID"`
	Score    *float64    `json:"score,omitempty"`
	Colour   string      `json:"color"`
	Comment  string      `json:"comment"`
	Enabled  bool        `json:"enabled"`
	Metadata []layerPair `json:"metadata"`
	ShowSubs bool        `json:"showSubtechniques"`
}

type layerGradient struct {
	Colours []string `json:"colors"`
	Min     float64  `json:"minValue"`
	Max     float64  `json:"maxValue"`
}

type layerLegend struct {
	Label  string `json:"label"`
	Colour string `json:"color"`
}

// layerPair is a piece of metadata. Its value is a text, whatever it is.
type layerPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// layerColours are those of levels, from light to dark.
var layerColours = [...]string{"#ffffff", "#deebf7", "#9ecae1", "#fdd0a2", "#3182bd", "#08519c"}

var deltaColours = map[coverage.Kind]string{coverage.Lost: "#a50f15", coverage.Weakened: "#de2d26", coverage.Stale: "#fcae91", coverage.Thinned: "#fee5d9",
	coverage.Retagged: "#bcbddc", coverage.Strengthened: "#74c476", coverage.Gained: "#238b45"}

// layersOf returns the layers of a report: what is known, what changed, what is
// recorded, and who uses what.
func layersOf(r *coverage.Report) []layer {
	out := []layer{evidenceLayer(r)}
	if r.Delta != nil {
		out = append(out, deltaLayer(r))
	}
	return append(out, visibilityLayer(r), threatLayer(r))
}

// newLayer returns a layer in which every technique that is out of scope is
// switched off, and fill says what there is of the others.
func newLayer(r *coverage.Report, name, description string, fill func(*coverage.Technique, *layerTechnique)) layer {
	major, _, _ := strings.Cut(r.Facts.Version, ".")
	l := layer{Name: "socctl " + name, Versions: layerVersions{major, "5.3.2", "4.5"}, Domain: r.Facts.Domain, Description: description + " " + r.Caveat,
		Layout:   layerLayout{"side", true, true, false, false, "max", "annotated"},
		Metadata: []layerPair{{"facts", "ATT&CK " + r.Facts.Version}, {"score", scoreText(r)}, {"thresholds", thresholdText(&r.Options)}}, SelectAll: true, Legend: []layerLegend{}}
	if l.Domain == "" || !strings.Contains(l.Domain, "-") {
		l.Domain = strings.ToLower(either(l.Domain, "enterprise")) + "-attack"
	}
	for _, p := range r.Platforms {
		l.Filters.Platforms = append(l.Filters.Platforms, p.Name)
	}
	for i := range r.Techniques {
		t := &r.Techniques[i]
		x := layerTechnique{ID: t.ID, Enabled: t.InScope, Metadata: []layerPair{}}
		if t.InScope {
			fill(t, &x)
		} else {
			x.Comment = t.Outside
		}
		l.Techniques = append(l.Techniques, x)
	}
	return l
}

func either(text, otherwise string) string {
	if text != "" {
		return text
	}
	return otherwise
}

func evidenceLayer(r *coverage.Report) layer {
	l := newLayer(r, "evidence", "Highest level of evidence for each technique.", func(t *coverage.Technique, x *layerTechnique) {
		x.Metadata = append(x.Metadata, layerPair{"level", t.Level.String()}, layerPair{"rules", fmt.Sprint(t.Depth)}, layerPair{"data components", Clean(strings.Join(t.Paths, ", "))})
		if t.Level == coverage.None {
			return
		}
		score := float64(t.Level)
		x.Score, x.Colour = &score, layerColours[t.Level]
		x.Comment = fmt.Sprintf("level %s (%s), %s", t.Level, t.Level.Word(), Count(t.Depth, "rule"))
		for _, c := range t.Cells {
			x.Metadata = append(x.Metadata, layerPair{c.Platform, c.Level.String()})
		}
	})
	l.Gradient = &layerGradient{layerColours[1:], 1, 5}
	for _, level := range coverage.Levels()[1:] {
		l.Legend = append(l.Legend, layerLegend{level.String() + " " + level.Word(), layerColours[level]})
	}
	return l
}

func deltaLayer(r *coverage.Report) layer {
	worst := map[string]*coverage.Change{}
	for i := len(r.Delta.Changes) - 1; i >= 0; i-- {
		worst[r.Delta.Changes[i].Technique] = &r.Delta.Changes[i]
	}
	l := newLayer(r, "delta", "What changed since "+Clean(r.Delta.Ref)+".", func(t *coverage.Technique, x *layerTechnique) {
		if c := worst[t.ID]; c != nil {
			x.Colour, x.Comment = deltaColours[c.Kind], string(c.Kind)+": "+cellChange(c)
			for i := range c.Causes {
				x.Metadata = append(x.Metadata, layerPair{"cause", causeLine(&c.Causes[i])})
			}
		}
	})
	for _, k := range coverage.Kinds() {
		l.Legend = append(l.Legend, layerLegend{string(k), deltaColours[k]})
	}
	return l
}

// visibilityLayer scores how many kinds of data a technique is seen in by rules.
func visibilityLayer(r *coverage.Report) layer {
	l := newLayer(r, "visibility", "Distinct data components by which rules see each technique.", func(t *coverage.Technique, x *layerTechnique) {
		if n := float64(len(t.Paths)); n > 0 {
			x.Score, x.Comment = &n, Clean(strings.Join(t.Paths, ", "))
		}
	})
	l.Gradient = &layerGradient{[]string{"#edf8e9", "#006d2c"}, 1, 5}
	return l
}

func threatLayer(r *coverage.Report) layer {
	most := 1.0
	l := newLayer(r, "threat", "Weight of each technique, by who is known to use it; it is what was reported, no probability.", func(t *coverage.Technique, x *layerTechnique) {
		w := t.Weight
		most = max(most, w)
		x.Score, x.Comment = &w, fmt.Sprintf("%s, level %s", Count(t.Groups, "group"), t.Level)
	})
	l.Gradient = &layerGradient{[]string{"#fff5eb", "#7f2704"}, 0, most}
	return l
}
