package evtx

// A code is one step of a script: an operation in the high byte and its
// argument below.
type code uint32

// Operations of a script, with their arguments. An element is opElement, for
// each attribute opAttribute and the opText and opValue of its value, opBody,
// the codes of its content, opEnd.
const (
	opElement   = iota + 1 // symbol of the name
	opAttribute            // symbol of the name
	opBody                 // none
	opEnd                  // none
	opText                 // symbol of the text
	opValue                // index among the values of the instance
	opInstance             // offset in the chunk of the token of an instance of another template
)

const opShift = 24

func newCode(op int, argument uint32) code { return code(op)<<opShift | code(argument) }

func (c code) op() int          { return int(c >> opShift) }
func (c code) argument() uint32 { return uint32(c & (1<<opShift - 1)) }

// hashCodes is for finding scripts; whether two are the same is then compared.
func hashCodes(codes []code) uint64 {
	h := uint64(len(codes))
	for _, c := range codes {
		h = (h ^ uint64(c)) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	return h
}

// walk steps through a script.
type walk struct {
	codes []code
	at    int
}

// peek returns the operation of the next code, 0 at the end.
func (w *walk) peek() int {
	if w.at == len(w.codes) {
		return 0
	}
	return w.codes[w.at].op()
}

func (w *walk) next() uint32 {
	w.at++
	return w.codes[w.at-1].argument()
}
