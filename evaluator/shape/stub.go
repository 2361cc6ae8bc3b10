// Package shape is a placeholder until the real one is merged.
package shape

type Kind uint8

const (
	String Kind = iota
	Number
	Bool
	Null
	EmptyObject
	EmptyList
)

type Leaf struct {
	Start, End uint32
	Kind       Kind
	Escaped    bool
}
