package correlation

import (
	"encoding/binary"
	"math/big"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
)

// aggregate is a value over the entries of a window, kept up to date as
// entries come and go.
type aggregate interface {
	add(*entry)
	remove(*entry)
	// value is false if nothing in the window has a value.
	value() (compiler.Number, bool)
}

func newAggregate(c *compiler.Correlation) aggregate {
	switch c.Type {
	case compiler.ValueCount:
		return &distinct{counts: map[string]int{}}
	case compiler.ValueSum:
		return &sum{}
	case compiler.ValueAvg:
		return &sum{mean: true}
	case compiler.ValuePercentile:
		return &percentile{p: c.Percentile}
	case compiler.Temporal:
		return &inputCounts{counts: make([]int, len(c.Inputs))}
	case compiler.TemporalOrdered:
		return nil
	}
	return &count{}
}

// value is one value of an entry: text for counting, a number for computing.
type value struct {
	text   string
	number compiler.Number
}

// values extracts what the correlation's type looks at; false means that the
// input has nothing of it and is left out (D51).
func (n *node) values(e *entry, in *compiler.Input, f *fields) bool {
	switch {
	case len(in.Fields) == 0:
		return true
	case n.c.Type.Numeric():
		v, ok := f.get(in.Fields[0])
		if !ok {
			return false
		}
		for _, item := range elements(v) {
			if number, ok := numberOf(item); ok {
				e.values = append(e.values, value{number: number})
			}
		}
	case n.c.Type == compiler.ValueCount && len(in.Fields) == 1:
		v, ok := f.get(in.Fields[0])
		if !ok {
			return false
		}
		for _, item := range elements(v) {
			if !item.IsNull() {
				e.values = append(e.values, value{text: item.Text()})
			}
		}
	case n.c.Type == compiler.ValueCount:
		var tuple []byte
		for _, name := range in.Fields {
			v, ok := f.get(name)
			if !ok {
				return false
			}
			text := v.Text()
			tuple = append(binary.AppendUvarint(tuple, uint64(len(text))), text...)
		}
		e.values = []value{{text: string(tuple)}}
	default:
		return true
	}
	return len(e.values) > 0
}

// elements returns the elements of a list, else the value itself.
func elements(v evaluator.Value) []evaluator.Value {
	if v.Kind() == evaluator.List {
		return v.Items()
	}
	return []evaluator.Value{v}
}

func numberOf(v evaluator.Value) (compiler.Number, bool) {
	if v.Kind() != evaluator.Number && v.Kind() != evaluator.String {
		return compiler.Number{}, false
	}
	return compiler.ParseNumber(v.Text())
}

// count counts entries.
type count struct{ n int }

func (c *count) add(*entry)                     { c.n++ }
func (c *count) remove(*entry)                  { c.n-- }
func (c *count) value() (compiler.Number, bool) { return compiler.IntNumber(int64(c.n)), c.n > 0 }

// distinct counts different texts.
type distinct struct{ counts map[string]int }

func (d *distinct) add(e *entry) {
	for _, v := range e.values {
		d.counts[v.text]++
	}
}

func (d *distinct) remove(e *entry) {
	for _, v := range e.values {
		if d.counts[v.text]--; d.counts[v.text] == 0 {
			delete(d.counts, v.text)
		}
	}
}

func (d *distinct) value() (compiler.Number, bool) {
	return compiler.IntNumber(int64(len(d.counts))), len(d.counts) > 0
}

// inputCounts counts entries per input.
type inputCounts struct {
	counts  []int
	present int64
}

func (c *inputCounts) add(e *entry) {
	if c.counts[e.input]++; c.counts[e.input] == 1 {
		c.present++
	}
}

func (c *inputCounts) remove(e *entry) {
	if c.counts[e.input]--; c.counts[e.input] == 0 {
		c.present--
	}
}

func (c *inputCounts) matched(input int) bool { return c.counts[input] > 0 }

func (c *inputCounts) value() (compiler.Number, bool) {
	return compiler.IntNumber(c.present), c.present > 0
}

// sum adds numbers up without any rounding, so that it does not matter in
// which order they come and go; only the result is rounded.
type sum struct {
	mean     bool
	n        int
	integers big.Int
	inexact  int       // numbers that are no 64-bit integers
	floats   big.Float // their sum
	scratch  big.Float
}

// exactBits hold any sum of float64 values without rounding: their bits range
// from 2^-1074 to 2^1023, and 2^60 of them may be added up.
const exactBits = 1074 + 1024 + 64

func (s *sum) add(e *entry) { s.apply(e, 1) }

func (s *sum) remove(e *entry) { s.apply(e, -1) }

func (s *sum) apply(e *entry, sign int) {
	for _, v := range e.values {
		s.n += sign
		if n, ok := v.number.Int(); ok {
			x := big.NewInt(n)
			if sign < 0 {
				x.Neg(x)
			}
			s.integers.Add(&s.integers, x)
			continue
		}
		s.inexact += sign
		if s.floats.Prec() == 0 {
			s.floats.SetPrec(exactBits)
		}
		s.floats.Add(&s.floats, s.scratch.SetPrec(53).SetFloat64(float64(sign)*v.number.Float()))
	}
}

func (s *sum) value() (compiler.Number, bool) {
	if s.n == 0 {
		return compiler.Number{}, false
	}
	if s.inexact == 0 && s.integers.IsInt64() && !s.mean {
		return compiler.IntNumber(s.integers.Int64()), true
	}
	total := s.total()
	if s.mean {
		total /= float64(s.n)
	}
	return compiler.FloatNumber(total), true
}

// total returns the float64 nearest to the sum.
func (s *sum) total() float64 {
	exact := new(big.Float).SetPrec(exactBits).SetInt(&s.integers)
	if s.inexact > 0 {
		exact.Add(exact, &s.floats)
	}
	f, _ := exact.Float64()
	return f
}
