package calibration

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Schema is that of records.
const Schema = "socctl.calibration/v1"

// Test is an exclusion with the judged alerts that tested it, by their fingerprints.
type Test struct {
	Clause string
	Alerts []string
}

// Sequence is exclusions that are tested one after the other until one fails, with
// how often the sequence may certify any wrongly.
type Sequence struct {
	Trial string // which part of the judged alerts tests; "" if nobody needs to know
	Error float64
	Tests []Test
}

// Record is a sequence that was tested, as a line of the ledger.
type Record struct {
	Schema  string    `json:"schema"`
	Time    time.Time `json:"time"`
	Rule    string    `json:"rule"`            // id or name
	Trial   string    `json:"trial,omitempty"` // "" in records of before there were names
	Error   float64   `json:"error"`
	Clauses []string  `json:"clauses"`
	// Digests are of the alerts of each clause.
	Digests []string `json:"digests"`
	// Alerts are all alerts that counted, each by the first 16 digits of its
	// fingerprint, in order.
	Alerts []string `json:"alerts"`
}

// key identifies what was tested and on what; when does not matter.
func (r *Record) key() string {
	c := *r
	c.Time = time.Time{}
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings and numbers
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// check says what is wrong with a record.
func (r *Record) check() error {
	switch {
	case r.Schema != Schema:
		return fmt.Errorf("schema %q: it must be %q", r.Schema, Schema)
	case r.Rule == "":
		return fmt.Errorf("no rule is named")
	case !(r.Error > 0 && r.Error < 1):
		return fmt.Errorf("error %v: it must lie between 0 and 1", r.Error)
	case len(r.Clauses) == 0 || len(r.Clauses) != len(r.Digests):
		return fmt.Errorf("%d clauses and %d digests: there must be as many of each, and one at least", len(r.Clauses), len(r.Digests))
	}
	for i, a := range r.Alerts {
		if !short(a) {
			return fmt.Errorf("alert %q: it must be %d hexadecimal digits", a, digits)
		}
		if i > 0 && r.Alerts[i-1] >= a {
			return fmt.Errorf("alert %q stands behind %q: they must be in order, each once", a, r.Alerts[i-1])
		}
	}
	return nil
}

// digits are how many of a fingerprint are kept.
const digits = 16

func short(a string) bool {
	if len(a) != digits {
		return false
	}
	for i := range len(a) {
		if c := a[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// name shortens a fingerprint.
func name(fingerprint string) string {
	sum := sha256.Sum256([]byte(fingerprint))
	return hex.EncodeToString(sum[:])[:digits]
}

// names shortens fingerprints, and puts them in order.
func names(fingerprints []string) []string {
	out := make([]string, len(fingerprints))
	for i, f := range fingerprints {
		out[i] = name(f)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// digest is of names in order.
func digest(names []string) string {
	sum := sha256.New()
	for _, n := range names {
		sum.Write([]byte(n))
	}
	return hex.EncodeToString(sum.Sum(nil))[:digits]
}
