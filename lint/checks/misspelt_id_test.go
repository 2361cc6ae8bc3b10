package checks_test

import (
	"strings"
	"testing"
)

// An id with a digit too few or too many is called one, and no tactic.
func TestMisspeltIDs(t *testing.T) {
	check := catalogue.Find("attack/unknown-id")
	for _, tag := range []string{"attack.t1003.01", "attack.t103", "attack.T1059.0001", "attack.t1059.001x"} {
		found := of(lintExample(t, check, "title: T\ntags: ["+tag+"]\nlogsource: {category: process_creation, product: windows}\ndetection: {sel: {Image: x}, condition: sel}\n"), check)
		if len(found) != 1 || !strings.HasSuffix(found[0].Message, " is no id of a technique") || !strings.Contains(found[0].Help, "attack.t1059.001") {
			t.Errorf("%s: %+v", tag, found)
		}
	}
}
