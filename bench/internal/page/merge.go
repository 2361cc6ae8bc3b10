package page

import (
	"slices"
	"strings"
)

// Merge adds what later results measured to the first one: engines that it
// lacks, or that were measured again, growth, and lanes of cores and of what is recorded.
// Ratios are worked out anew. All must be of the same machine, rules and lanes; that they
// are of one session is no more true, and the page says so by naming all commands.
func Merge(results ...*Result) *Result {
	out := results[0]
	for _, r := range results[1:] {
		out.Command += "\n$ " + r.Command
		if r.Growth != nil {
			out.Growth = r.Growth
		}
		for _, l := range r.Cores {
			out.Cores = putBehind(out.Cores, l, func(l CoresLane) string { return l.Name })
		}
		for _, l := range r.Recorded {
			out.Recorded = putBehind(out.Recorded, l, func(l RecordedLane) string { return l.Name })
		}
		for _, e := range r.Engines {
			out.Engines = put(out.Engines, e, func(e Engine) string { return e.Name })
			out.Absent = slices.DeleteFunc(out.Absent, func(a Absent) bool { return a.Name == e.Name || strings.HasPrefix(a.Name, e.Name+" on ") })
		}
		for _, l := range r.Lanes {
			i := slices.IndexFunc(out.Lanes, func(have Lane) bool { return have.Name == l.Name })
			if i < 0 {
				out.Lanes = append(out.Lanes, l)
				continue
			}
			for _, row := range l.Rows {
				out.Lanes[i].Rows = put(out.Lanes[i].Rows, row, func(r Row) string { return r.Engine })
			}
			for _, row := range l.Floors {
				out.Lanes[i].Floors = put(out.Lanes[i].Floors, row, func(r Row) string { return r.Engine })
			}
		}
	}
	for i := range out.Lanes {
		out.Lanes[i].Compare()
	}
	return out
}

// put replaces what has the same name, or puts it in front: socctl leads.
func put[T any](all []T, one T, name func(T) string) []T {
	if replaced(all, one, name) {
		return all
	}
	return append([]T{one}, all...)
}

// putBehind replaces what has the same name, or puts it behind the others.
func putBehind[T any](all []T, one T, name func(T) string) []T {
	if replaced(all, one, name) {
		return all
	}
	return append(all, one)
}

func replaced[T any](all []T, one T, name func(T) string) bool {
	i := slices.IndexFunc(all, func(t T) bool { return name(t) == name(one) })
	if i >= 0 {
		all[i] = one
	}
	return i >= 0
}

// Compare works out the ratios of the lane's rows: those of floors that name no engine are
// against the library, or the command line if that is all there is. Where a row is too
// short to tell there is none.
func (l *Lane) Compare() {
	core := map[string]float64{}
	for _, r := range l.Rows {
		if !r.Short {
			core[r.Engine] = r.Core.Median
		}
	}
	base := core["library"]
	if base == 0 {
		base = core["socctl"]
	}
	for i := range l.Rows {
		row := &l.Rows[i]
		row.Ratio = quotient(core[row.Against], core[row.Engine])
		row.AlsoRatio = quotient(core[row.Also], core[row.Engine])
	}
	for i := range l.Floors {
		of := base
		if against := l.Floors[i].Against; against != "" {
			of = core[against]
		}
		l.Floors[i].Ratio = quotient(of, l.Floors[i].Core.Median)
	}
}

// quotient is 0 if there is nothing to divide.
func quotient(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}
