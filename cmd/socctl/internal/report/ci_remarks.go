package report

import "fmt"

// maxRemarks is how many remarks of a list, such as the blockers, are told one by one.
const maxRemarks = 10

// maxTogether is how many characters are told of a remark that stands for others.
const maxTogether = 200

// foremost returns the remarks that are told one by one, and how many others there are. Where
// there are too many, those of one kind in one file are told by the first of them, and then
// none of a kind before each kind is told once: thirty failed tests do not hide the budget.
func foremost(list []CIRemark) (out []CIRemark, more int) {
	if len(list) <= maxRemarks {
		return list, 0
	}
	out, counts := together(list)
	if len(out) <= maxRemarks {
		return out, 0
	}
	shown := eachKindFirst(out, maxRemarks)
	var few []CIRemark
	for i := range out {
		if shown[i] {
			few = append(few, out[i])
		} else {
			more += counts[i]
		}
	}
	return few, more
}

// together leaves of remarks of one kind in one file the first, which tells how many there
// are; counts is for how many each stands.
func together(list []CIRemark) (out []CIRemark, counts []int) {
	at := map[CIRemark]int{}
	for _, r := range list {
		key := CIRemark{Kind: r.Kind, Path: r.Path}
		if n, known := at[key]; known && r.Path != "" {
			counts[n]++
			continue
		}
		at[key] = len(out)
		out, counts = append(out, r), append(counts, 1)
	}
	for i := range out {
		if counts[i] > 1 {
			out[i].Text = fmt.Sprintf("%s, and %d more in this file", Shorten(out[i].Text, maxTogether), counts[i]-1)
		}
	}
	return out, counts
}

// eachKindFirst chooses so many remarks: the first of each kind, then the others, in their
// order.
func eachKindFirst(list []CIRemark, most int) []bool {
	shown, kinds := make([]bool, len(list)), map[string]bool{}
	for i := range list {
		if most > 0 && !kinds[list[i].Kind] {
			shown[i], kinds[list[i].Kind] = true, true
			most--
		}
	}
	for i := range list {
		if most > 0 && !shown[i] {
			shown[i] = true
			most--
		}
	}
	return shown
}
