package textlog

import (
	"errors"
	"strconv"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// LEEF 1.0 and 2.0: header fields between bars, then key=value pairs with one
// separator, a tab unless version 2 names another.
// https://www.ibm.com/docs/en/dsm?topic=leef-overview

func newLEEF(*Options) parser { return single{claimsLEEF, readLEEF} }

func claimsLEEF(line string) bool {
	version, ok := strings.CutPrefix(line, "LEEF:")
	return ok && (strings.HasPrefix(version, "1") || strings.HasPrefix(version, "2")) && strings.Count(line, "|") >= 4
}

// leefHeader uses the names of CEF where they mean the same.
var leefHeader = [...]string{"leefVersion", "deviceVendor", "deviceProduct", "deviceVersion", "eventID"}

func readLEEF(line string) ([]evaluator.Member, error) {
	rest, ok := strings.CutPrefix(line, "LEEF:")
	if !ok {
		return nil, errors.New(`line does not start with "LEEF:"`)
	}
	members := make([]evaluator.Member, 0, 8+strings.Count(rest, "="))
	for _, name := range leefHeader {
		value, behind, ok := strings.Cut(rest, "|")
		if !ok && name != "eventID" {
			return nil, errors.New("LEEF header ends before its fifth field; the line is truncated")
		}
		members = append(members, text(name, value))
		rest = behind
	}
	separator := "\t"
	if strings.HasPrefix(members[0].Value.Text(), "2") {
		if stated, behind, ok := strings.Cut(rest, "|"); ok && !strings.Contains(stated, "=") {
			separator, rest = leefSeparator(stated), behind
		}
	}
	// rsyslog writes a tab as #011 unless told otherwise.
	if separator == "\t" && !strings.Contains(rest, "\t") && strings.Contains(rest, "#011") {
		separator = "#011"
	}
	for part := range strings.SplitSeq(rest, separator) {
		name, value, ok := strings.Cut(part, "=")
		switch name = strings.TrimSpace(name); {
		case ok && name != "":
			members = append(members, text(name, value))
		case strings.TrimSpace(part) != "":
			members = append(members, text("message", strings.TrimSpace(part)))
		}
	}
	return members, nil
}

// leefSeparator reads a character, or its code as x5E or 0x5E.
func leefSeparator(stated string) string {
	hex := strings.TrimPrefix(strings.TrimPrefix(stated, "0"), "x")
	if n, err := strconv.ParseUint(hex, 16, 8); err == nil && len(hex) < len(stated) && n > 0 {
		return string([]byte{byte(n)})
	}
	if stated == "" {
		return "\t"
	}
	return stated
}
