//go:build goexperiment.jsonv2

package worker

import (
	"bytes"
	"encoding/json/jsontext"
	"errors"
	"io"
)

// experimental are the floors that need GOEXPERIMENT=jsonv2.
func experimental() []Floor {
	return []Floor{{"jsontext", "read tokens (jsontext)", func() func([]byte) error {
		var line bytes.Buffer // which jsontext reads without a copy
		d := jsontext.NewDecoder(&line)
		return func(text []byte) error {
			line = *bytes.NewBuffer(text)
			d.Reset(&line)
			for {
				if _, err := d.ReadToken(); err != nil {
					if errors.Is(err, io.EOF) {
						return nil
					}
					return err
				}
			}
		}
	}}}
}
