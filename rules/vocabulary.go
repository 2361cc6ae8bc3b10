package rules

import "slices"

// Words returns the values that an attribute takes, in the order of the
// specification: of status, level, type in related ("related") and type in a
// correlation ("correlation"), and the operators of a correlation's condition
// ("operator"). It is nil for attributes with free values.
func Words(attribute string) []string {
	switch attribute {
	case "status":
		return slices.Clone(statuses)
	case "level":
		return slices.Clone(levels)
	case "related":
		return slices.Clone(relations)
	case "correlation":
		return slices.Clone(correlationTypes)
	case "operator":
		return slices.Clone(operatorNames)
	}
	return nil
}
