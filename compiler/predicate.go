package compiler

import (
	"net/netip"
	"strconv"
)

// Op is what a Predicate does with the values of its field.
type Op uint8

// The operations of predicates.
const (
	OpText     Op = iota // the text of a value matches Pattern
	OpRegex              // Regex finds something in the text
	OpCIDR               // the text is an address within Prefix
	OpNumber             // the value is a number equal to Number
	OpCompare            // the value is a number that stands in Relation to Number
	OpBool               // the value is Bool, or a string that says so
	OpNull               // the field is missing or null
	OpExists             // the field is present, with any value; or absent if Bool is false
	OpFieldRef           // the text equals, or contains …, the text of the field Ref
	OpTime               // Part of the time that the text tells stands in Relation to Number
)

// Relation is how two numbers compare.
type Relation uint8

// The relations.
const (
	Equal Relation = iota
	Less
	LessOrEqual
	Greater
	GreaterOrEqual
)

// String returns the mathematical sign.
func (r Relation) String() string { return [...]string{"=", "<", "<=", ">", ">="}[r] }

// Holds reports whether r holds for the result of a three-way comparison.
func (r Relation) Holds(compared int) bool {
	switch r {
	case Less:
		return compared < 0
	case LessOrEqual:
		return compared <= 0
	case Greater:
		return compared > 0
	case GreaterOrEqual:
		return compared >= 0
	}
	return compared == 0
}

// TimePart is a part of a time stamp.
type TimePart uint8

// The parts. Week is that of ISO 8601.
const (
	Minute TimePart = iota
	Hour
	Day
	Week
	Month
	Year
)

// String returns the name of the modifier.
func (t TimePart) String() string {
	return [...]string{"minute", "hour", "day", "week", "month", "year"}[t]
}

// Anchor says where in a text another one must stand.
type Anchor uint8

// The anchors.
const (
	Whole Anchor = iota
	Anywhere
	AtStart
	AtEnd
)

// Predicate is one comparison of a field. It is data: how values of events
// meet it is decided by package evaluator. A field holds a list of values if
// the event says so, and then any of them satisfies a predicate.
type Predicate struct {
	Field    string // "" means every scalar value of the event
	Op       Op
	Pattern  Pattern
	Regex    *Regex
	Prefix   netip.Prefix
	Number   Number
	Relation Relation
	Bool     bool
	Ref      string
	Anchor   Anchor // of OpFieldRef
	Cased    bool   // of OpFieldRef; a Pattern knows for itself
	Part     TimePart

	text string // String, once it is known
}

// TrueOnAbsence reports whether the predicate holds on an event without the field.
func (p *Predicate) TrueOnAbsence() bool {
	return p.Op == OpNull || p.Op == OpExists && !p.Bool
}

// String returns the predicate in its canonical form. Predicates with equal
// strings mean the same; it is what they are interned and hashed by.
func (p *Predicate) String() string {
	if p.text != "" {
		return p.text
	}
	field := strconv.Quote(p.Field)
	if p.Field == "" {
		field = "any value"
	}
	switch p.Op {
	case OpText:
		operator := " ~ "
		if p.Pattern.cased {
			operator = " ~cased "
		}
		return field + operator + strconv.Quote(p.Pattern.String())
	case OpRegex:
		return field + " =~ " + strconv.Quote(p.Regex.String())
	case OpCIDR:
		return field + " in " + p.Prefix.String()
	case OpNumber:
		return field + " = " + p.Number.String()
	case OpCompare:
		return field + " " + p.Relation.String() + " " + p.Number.String()
	case OpBool:
		return field + " is " + strconv.FormatBool(p.Bool)
	case OpNull:
		return field + " is null"
	case OpExists:
		if p.Bool {
			return field + " exists"
		}
		return field + " is absent"
	case OpTime:
		return p.Part.String() + " of " + field + " " + p.Relation.String() + " " + p.Number.String()
	}
	return field + p.refOperator() + strconv.Quote(p.Ref)
}

func (p *Predicate) refOperator() string {
	operator := [...]string{" equals field ", " contains field ", " starts with field ", " ends with field "}[p.Anchor]
	if p.Cased {
		operator = " cased" + operator
	}
	return operator
}
