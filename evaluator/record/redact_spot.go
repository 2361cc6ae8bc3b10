package record

import (
	"strconv"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// spot is where a value stands in a record.
type spot struct {
	path string // without numbers of items, such as resources.ARN
	item string // with them, as columns are named: resources[0].ARN
}

func (p spot) member(name string) spot { return spot{below(p.path, name), below(p.item, name)} }

func (p spot) at(item int) spot { return spot{p.path, p.item + "[" + strconv.Itoa(item) + "]"} }

// named reports whether one of the names is the path of a spot, or the end of it.
func (p spot) named(names []string) bool {
	for _, name := range names {
		if endsIn(p.path, name) || endsIn(p.item, name) {
			return true
		}
	}
	return false
}

func endsIn(path, name string) bool {
	before, found := strings.CutSuffix(path, name)
	return found && (before == "" || strings.HasSuffix(before, "."))
}

// eachSpot calls f for each member and item at any depth.
func eachSpot(v evaluator.Value, p spot, f func(p spot, v evaluator.Value)) {
	for i, item := range v.Items() {
		f(p.at(i), item)
		eachSpot(item, p.at(i), f)
	}
	for _, m := range v.Members() {
		f(p.member(m.Name), m.Value)
		eachSpot(m.Value, p.member(m.Name), f)
	}
}
