//go:build goexperiment.jsonv2

package shape

import (
	"bytes"
	"encoding/json/jsontext"
	"io"
	"testing"
)

// BenchmarkJSONText reads the same records as BenchmarkScan, token by token
// and only to see that they are sound.
func BenchmarkJSONText(b *testing.B) {
	var in bytes.Reader
	var d jsontext.Decoder
	options := jsontext.AllowInvalidUTF8(true)
	for _, r := range corpora(b) {
		b.Run(r.name+"/shape", func(b *testing.B) { r.each(b, scanShapes()) })
		b.Run(r.name+"/tokens", func(b *testing.B) {
			r.each(b, func(line []byte) bool {
				in.Reset(line)
				d.Reset(&in, options, jsontext.AllowDuplicateNames(true))
				for {
					if _, err := d.ReadToken(); err != nil {
						return err == io.EOF
					}
				}
			})
		})
		b.Run(r.name+"/valid", func(b *testing.B) {
			r.each(b, func(line []byte) bool { return jsontext.Value(line).IsValid(options) })
		})
	}
}
