package telemetry

import (
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules/logsource"
)

// hashes writes NAME=… for every field with a value, with commas between. A
// list of hashes names them itself.
func (v *viewEvent) hashes(s *logsource.Source) (evaluator.Value, bool) {
	var parts []string
	for i, name := range strings.Split(s.With, ",") {
		value, ok := v.sourceField(s, s.From[i])
		switch {
		case !ok:
		case value.Kind() == evaluator.List:
			parts = append(parts, listedHashes(value)...)
		default:
			parts = append(parts, name+"="+strings.ToUpper(value.Text()))
		}
	}
	return evaluator.StringValue(strings.Join(parts, ",")), parts != nil
}

// listedHashes reads a list of {algorithm: SHA-256, value: …}.
func listedHashes(list evaluator.Value) []string {
	var parts []string
	for _, hash := range list.Items() {
		algorithm, named := hash.Member("algorithm")
		value, ok := hash.Member("value")
		if named && ok {
			name := strings.ToUpper(strings.ReplaceAll(algorithm.Text(), "-", ""))
			parts = append(parts, name+"="+strings.ToUpper(value.Text()))
		}
	}
	return parts
}

// hashPart finds NAME=… in a list with commas.
func hashPart(list, name string) (string, bool) {
	for part := range strings.SplitSeq(list, ",") {
		key, value, ok := strings.Cut(part, "=")
		if ok && strings.EqualFold(strings.TrimSpace(key), name) {
			return strings.TrimSpace(value), true
		}
	}
	return "", false
}
