package telemetry

import "github.com/socctl/socctl/evaluator"

// SourceKinds tells kinds of sources apart: what a record becomes may depend on the
// kind of its source, but on nothing else about it. It is for one goroutine.
type SourceKinds struct{ names fileNames }

// NewSourceKinds returns the kinds that a normaliser tells apart.
func NewSourceKinds(n *Normaliser) *SourceKinds { return &SourceKinds{newFileNames(n.plan)} }

// Of returns the kind of a source.
func (k *SourceKinds) Of(source string) string { return k.names.kind(source) }

// DecodeJSON returns the record that a text in JSON is; false if it is no object, or
// something stands behind it.
func DecodeJSON(text string) (evaluator.Value, bool) {
	var w words
	d := jsonDecoder{words: &w}
	return d.whole(text)
}
