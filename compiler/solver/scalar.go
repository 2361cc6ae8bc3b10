package solver

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/socctl/socctl/compiler"
)

// scalarPoints returns texts that are numbers, addresses or times, at least one in
// each region that the literals tell apart, if one of them is of that kind.
func (s *Solver) scalarPoints(literals []literal) []string {
	var out []string
	if n := s.predicates(literals, isNumeric); len(n) > 0 {
		out = append(out, spellings(numberPoints(n))...)
	}
	if n := s.predicates(literals, isNetwork); len(n) > 0 {
		points := addressPoints(n)
		out = append(out, points...)
		out = append(out, addressSpellings(points)...)
	}
	if n := s.predicates(literals, isTimed); len(n) > 0 {
		out = append(out, timePoints(n)...)
	}
	return out
}

func isNumeric(p *compiler.Predicate) bool {
	return p.Op == compiler.OpNumber || p.Op == compiler.OpCompare
}
func isNetwork(p *compiler.Predicate) bool { return p.Op == compiler.OpCIDR }
func isTimed(p *compiler.Predicate) bool   { return p.Op == compiler.OpTime }

func (s *Solver) predicates(literals []literal, is func(*compiler.Predicate) bool) []*compiler.Predicate {
	var out []*compiler.Predicate
	for _, l := range literals {
		if p := s.atoms[l.atom].predicate; is(p) {
			out = append(out, p)
		}
	}
	return out
}

// scalarConflict looks for literals about numbers, about addresses, or about one
// part of a time that no value satisfies. The points are in all regions that the
// literals tell apart, so that none satisfies them is a proof.
func (q *question) scalarConflict() []literal {
	if core := q.noPoint(isNumeric, func(ps []*compiler.Predicate) []string {
		for _, p := range ps {
			if !exact(p.Number) {
				return nil
			}
		}
		return numberPoints(ps)
	}); core != nil {
		return core
	}
	if core := q.noPoint(isNetwork, addressPoints); core != nil {
		return core
	}
	for part := compiler.Minute; part <= compiler.Year; part++ {
		of := func(p *compiler.Predicate) bool { return isTimed(p) && p.Part == part }
		if core := q.noPart(of, part); core != nil {
			return core
		}
	}
	return nil
}

// exact reports whether every number compares with n as it does on paper: n is
// below 2^53, from where on some numbers are compared as float64.
func exact(n compiler.Number) bool { return math.Abs(n.Float()) < 1<<53 }

// noPoint returns a core of the literals of one kind if no point satisfies them.
func (q *question) noPoint(is func(*compiler.Predicate) bool, points func([]*compiler.Predicate) []string) []literal {
	kind := q.ofKind(is)
	if len(kind) == 0 || !kind[0].sign {
		return nil
	}
	return q.least(kind, func(ls []literal) bool {
		ps := points(q.solver.predicates(ls, is))
		if ps == nil {
			return true
		}
		return slices.ContainsFunc(ps, func(text string) bool { return q.satisfied(ls, text) })
	})
}

// ofKind returns the literals of one kind, those that are wanted first.
func (q *question) ofKind(is func(*compiler.Predicate) bool) []literal {
	var out []literal
	for _, l := range slices.Concat(q.all, q.refused) {
		if is(q.solver.atoms[l.atom].predicate) {
			out = append(out, l)
		}
	}
	return out
}

func (q *question) satisfied(ls []literal, text string) bool {
	t := fold(text)
	for _, l := range ls {
		if accepts(q.solver.atoms[l.atom].predicate, t) != l.sign {
			return false
		}
	}
	return true
}

// least returns the fewest literals, more or less, that cannot be satisfied; nil
// if they can. One that is wanted is always among them.
func (q *question) least(ls []literal, possible func([]literal) bool) []literal {
	if possible(ls) {
		return nil
	}
	for i, a := range ls {
		if !a.sign {
			break
		}
		for _, b := range ls[i+1:] {
			if !possible([]literal{a, b}) {
				return []literal{a, b}
			}
		}
	}
	for i := len(ls) - 1; i > 0; i-- {
		if rest := slices.Delete(slices.Clone(ls), i, i+1); rest[0].sign && !possible(rest) {
			ls = rest
		}
	}
	return ls
}

// noPart is noPoint for one part of a time.
func (q *question) noPart(is func(*compiler.Predicate) bool, part compiler.TimePart) []literal {
	kind := q.ofKind(is)
	if len(kind) == 0 || !kind[0].sign {
		return nil
	}
	return q.least(kind, func(ls []literal) bool {
		for _, n := range partValues(part, q.solver.predicates(ls, is)) {
			fits := true
			for _, l := range ls {
				p := q.solver.atoms[l.atom].predicate
				fits = fits && p.Relation.Holds(compiler.IntNumber(n).Compare(p.Number)) == l.sign
			}
			if fits {
				return true
			}
		}
		return false
	})
}

// numberPoints returns numbers in all regions that predicates tell apart: the
// numbers themselves, one between each two, and one on either side.
func numberPoints(ps []*compiler.Predicate) []string {
	var bounds []compiler.Number
	for _, p := range ps {
		bounds = append(bounds, p.Number)
	}
	slices.SortFunc(bounds, compiler.Number.Compare)
	bounds = slices.CompactFunc(bounds, func(a, b compiler.Number) bool { return a.Compare(b) == 0 })
	var out []string
	for _, b := range bounds {
		out = append(out, b.String())
	}
	first, last := bounds[0].Float(), bounds[len(bounds)-1].Float()
	out = append(out, number(math.Floor(last)+1), number(math.Ceil(first)-1))
	for i := 0; i+1 < len(bounds); i++ {
		low, high := bounds[i].Float(), bounds[i+1].Float()
		between := math.Floor(low) + 1
		if between >= high {
			between = low + (high-low)/2
		}
		out = append(out, number(between))
	}
	return out
}

// spellings adds other ways to write numbers, for texts that ask for a point or a
// length.
func spellings(numbers []string) []string {
	out := numbers
	for _, n := range numbers[:min(len(numbers), 6)] {
		whole := !strings.Contains(n, ".")
		if whole {
			out = append(out, n+".0", n+".5")
		}
		if !strings.HasPrefix(n, "-") {
			out = append(out, "0"+n, "00"+n, "+"+n)
		}
		if whole {
			out = append(out, n+"e0")
		} else {
			out = append(out, n+"0")
		}
	}
	return out
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// addressPoints returns addresses in all regions that networks tell apart.
func addressPoints(ps []*compiler.Predicate) []string {
	var out []string
	add := func(a netip.Addr) {
		if a.IsValid() {
			out = append(out, a.String())
		}
	}
	for _, p := range ps {
		first, last := p.Prefix.Addr(), lastOf(p.Prefix)
		if next := first.Next(); p.Prefix.Contains(next) {
			add(next)
		}
		add(first)
		add(last)
		add(first.Prev())
		add(last.Next())
	}
	return append(out, "198.51.100.7", "2001:db8::7")
}

// addressSpellings returns other ways to write addresses.
func addressSpellings(addresses []string) []string {
	var out []string
	for _, text := range addresses[:min(len(addresses), 6)] {
		a, err := netip.ParseAddr(text)
		if err != nil {
			continue
		}
		if a.Is4() {
			out = append(out, "::ffff:"+text)
		} else {
			out = append(out, a.StringExpanded(), text+"%eth0")
		}
	}
	return out
}

// lastOf returns the last address of a network.
func lastOf(p netip.Prefix) netip.Addr {
	bytes := p.Addr().AsSlice()
	for i := p.Bits(); i < 8*len(bytes); i++ {
		bytes[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(bytes)
	return a
}

// partRanges are the values of the parts of a time that are looked at. Years are
// only bounded by what can be written.
var partRanges = [...][2]int64{compiler.Minute: {0, 59}, compiler.Hour: {0, 23}, compiler.Day: {1, 31}, compiler.Week: {1, 53},
	compiler.Month: {1, 12}, compiler.Year: {math.MinInt64 / 4, math.MaxInt64 / 4}}

// partValues returns values of a part in all regions that predicates tell apart.
func partValues(part compiler.TimePart, ps []*compiler.Predicate) []int64 {
	low, high := partRanges[part][0], partRanges[part][1]
	var out []int64
	add := func(n int64) {
		if n >= low && n <= high && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	if part != compiler.Year {
		for n := low; n <= high; n++ {
			add(n)
		}
		return out
	}
	for _, p := range ps {
		n := int64(math.Floor(p.Number.Float()))
		for _, n := range []int64{n, n + 1, n - 1} {
			add(n)
		}
	}
	add(2026)
	add(low)
	add(high)
	return out
}

// maxTimePoints bounds the times that are tried.
const maxTimePoints = 400

// timePoints returns times that satisfy all the predicates, if it finds any.
func timePoints(ps []*compiler.Predicate) []string {
	of := func(part compiler.TimePart, fallback int64) []int64 {
		var own []*compiler.Predicate
		for _, p := range ps {
			if p.Part == part {
				own = append(own, p)
			}
		}
		if own == nil {
			return []int64{fallback}
		}
		return slices.DeleteFunc(partValues(part, own), func(n int64) bool {
			return slices.ContainsFunc(own, func(p *compiler.Predicate) bool {
				return !p.Relation.Holds(compiler.IntNumber(n).Compare(p.Number))
			})
		})
	}
	days, months := of(compiler.Day, 15), of(compiler.Month, 6)
	if slices.ContainsFunc(ps, func(p *compiler.Predicate) bool { return p.Part == compiler.Week }) {
		days, months = orAll(days, 1, 31), orAll(months, 1, 12)
	}
	var out []string
	for _, year := range of(compiler.Year, 2026) {
		for _, month := range months {
			for _, day := range days {
				text := fmt.Sprintf("%04d-%02d-%02dT%02d:%02d:00Z", year, month, day, first(of(compiler.Hour, 12)), first(of(compiler.Minute, 30)))
				if year >= 0 && year <= 9999 && allAccept(ps, text) {
					out = append(out, text)
				}
				if len(out) >= maxTimePoints {
					return out
				}
			}
		}
	}
	return out
}

// orAll returns what a part may be, or all that it can be if nothing was asked.
func orAll(ns []int64, low, high int64) []int64 {
	if len(ns) != 1 {
		return ns
	}
	out := ns
	for n := low; n <= high; n++ {
		out = append(out, n)
	}
	return out
}

func first(ns []int64) int64 {
	if len(ns) == 0 {
		return 0
	}
	return ns[0]
}

func allAccept(ps []*compiler.Predicate, text string) bool {
	return !slices.ContainsFunc(ps, func(p *compiler.Predicate) bool { return !accepts(p, fold(text)) })
}
