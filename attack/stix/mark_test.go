package stix_test

import (
	"strings"
	"testing"

	"github.com/socctl/socctl/attack/stix"
)

// Editors put a mark before a text in UTF-8, and some write UTF-16.
func TestMarks(t *testing.T) {
	text := bundle{techniques: 90, version: "20.0"}.text()
	f, err := read(append([]byte("\ufeff"), text...), stix.Options{})
	if err != nil || f.Version != "20.0" {
		t.Errorf("%+v, %v", f, err)
	}
	for _, mark := range []string{"\xff\xfe", "\xfe\xff"} {
		if _, err := read(append([]byte(mark), text...), stix.Options{}); err == nil || !strings.Contains(err.Error(), "bundle.json: the file is UTF-16: write it as UTF-8") {
			t.Errorf("%x: %v", mark, err)
		}
	}
	if _, err := read(nil, stix.Options{}); err == nil || !strings.Contains(err.Error(), "ends at byte 0") {
		t.Errorf("nothing: %v", err)
	}
}
