package telemetry

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
)

// Logsource is one that an event has by one of its views; the empty texts are what it
// leaves open.
type Logsource struct{ Category, Product, Service string }

// routeOf writes the logsources of an event down, each once and in order: which rules
// are tried on an event depends on nothing else.
func routeOf(e *Event) string {
	text, err := json.Marshal(routeLogsources(e))
	if err != nil {
		panic("unreachable: texts can be written: " + err.Error())
	}
	return string(text)
}

// routeLogsources returns the logsources of an event, each once and in order.
func routeLogsources(e *Event) [][3]string {
	all := [][3]string{}
	for _, v := range e.Views() {
		if l := viewLogsource(v); !slices.Contains(all, l) {
			all = append(all, l)
		}
	}
	slices.SortFunc(all, func(a, b [3]string) int { return slices.Compare(a[:], b[:]) })
	return all
}

// ReadRoute returns the logsources that Place.Route tells, and an error if the text is
// no route.
func ReadRoute(route string) ([]Logsource, error) {
	var all [][3]string
	if err := json.Unmarshal([]byte(route), &all); err != nil {
		return nil, fmt.Errorf("%.100q is no route: %w", route, err)
	}
	out := make([]Logsource, len(all))
	for i, l := range all {
		out[i] = Logsource{l[0], l[1], l[2]}
	}
	return out, nil
}

// RouteKey returns a hash of everything that decides which logsources a record is of:
// two normalisers with the same one yield the same routes.
func (n *Normaliser) RouteKey() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "route %d ", NormaliserVersion)
	_, _ = sum.Write(n.viewsText()) // never fails
	return hex.EncodeToString(sum.Sum(nil)[:16])
}
