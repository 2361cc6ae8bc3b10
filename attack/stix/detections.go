package stix

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/socctl/socctl/attack"
)

// detections reads how techniques are detected, by whichever of the two models
// the bundle has. A bundle with both has strategies only where there are some.
func (b *builder) detections(*Options) error {
	names := map[string]string{}
	b.of("x-mitre-data-component", func(o *object) bool {
		if o.live() {
			name := clean(separators.Replace(o.Name))
			names[o.ID] = name
			b.head.Components = append(b.head.Components, attack.Component{ID: o.attackID(), Name: name})
		}
		return true
	})
	components := map[string][]attack.Source{} // by id of technique, of the older model
	for _, r := range b.related {
		id := b.ids[r.to]
		if r.kind != "detects" || id == "" {
			continue
		}
		from := b.objects[r.from]
		switch {
		case from == nil || !from.live():
		case from.Type == "x-mitre-data-component":
			components[id] = append(components[id], attack.Source{Component: names[r.from]})
		case from.Type == "x-mitre-detection-strategy":
			if err := b.strategy(id, from, names); err != nil {
				return err
			}
		}
	}
	for id, sources := range components {
		if b.analytics[id] == nil {
			b.analytics[id] = []attack.Analytic{{Sources: sorted(sources)}}
		}
	}
	for id := range b.analytics {
		slices.SortFunc(b.analytics[id], func(x, y attack.Analytic) int {
			return cmp.Or(cmp.Compare(x.ID, y.ID), cmp.Compare(x.Platform, y.Platform))
		})
	}
	return nil
}

// strategy adds the analytics of a detection strategy to a technique: one for
// each of their platforms.
func (b *builder) strategy(id string, strategy *object, names map[string]string) error {
	b.head.Totals.Strategies++
	for _, ref := range strategy.Analytics {
		a := b.objects[ref]
		if a == nil {
			return fmt.Errorf("detection strategy %s has the analytic %s, which is not in the bundle", strategy.attackID(), ref)
		}
		if !a.live() {
			continue
		}
		b.head.Totals.Analytics++
		var sources []attack.Source
		for _, s := range a.LogSources {
			if names[s.Component] != "" {
				sources = append(sources, attack.Source{Component: names[s.Component], Log: clean(separators.Replace(s.Name))})
			}
		}
		platforms := cleanAll(a.Platforms)
		if len(platforms) == 0 {
			platforms = []string{""}
		}
		for _, platform := range platforms {
			b.analytics[id] = append(b.analytics[id], attack.Analytic{ID: a.attackID(), Strategy: strategy.attackID(), Platform: platform, Sources: sorted(sources)})
		}
	}
	return nil
}

func sorted(sources []attack.Source) []attack.Source {
	out := slices.Clone(sources)
	slices.SortFunc(out, func(x, y attack.Source) int {
		return cmp.Or(cmp.Compare(x.Component, y.Component), cmp.Compare(x.Log, y.Log))
	})
	return slices.Compact(out)
}
