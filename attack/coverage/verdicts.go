package coverage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ReadVerdicts reads verdict statistics: a JSON list of Verdict, as socctl verdict
// stats -f coverage prints it. A key that does not exist is an error, so that a
// misspelt number is not taken for none; so is an entry that nothing can be
// computed of.
func ReadVerdicts(data []byte) ([]Verdict, error) {
	var out []Verdict
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&out); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something stands behind the list")
	}
	for i, v := range out {
		switch {
		case v.Rule == "" || v.Hash == "":
			return nil, fmt.Errorf("entry %d needs rule and hash", i+1)
		case v.True < 0 || v.False < 0:
			return nil, fmt.Errorf("entry %d, of rule %s: %d true and %d false verdicts are no counts", i+1, v.Rule, v.True, v.False)
		}
	}
	return out, nil
}
