package simd

// Block says what stands in 64 bytes of a text, a bit for each byte, the lowest for
// the first. A character is escaped if an odd number of backslashes stands right
// before it in the text.
type Block struct {
	Marks  uint64 // backslashes, and quotes that are not escaped
	Quotes uint64 // quotes that are not escaped
	Odd    uint64 // escaped characters, but those of the two-character escapes of JSON other than \/
	High   uint64 // bytes that are not ASCII
}

// Findings are what Index has found anywhere in a text.
type Findings uint8

// What can be found.
const (
	Control Findings = 1 << iota // a control character
	High                         // a byte that is not ASCII
	Odd                          // a character that Block.Odd marks
	Blind                        // nothing was looked at
)

// BlockSize is how many bytes a Block is about.
const BlockSize = 64

// Index writes what stands in a text into blocks, of which there must be one for every
// 64 bytes of the text or part of them; bits behind the end of the text are 0.
//
// It returns Blind, and may have written anything, if the text is shorter than a
// block, or looking at bytes one after the other would be as fast here.
func Index(blocks []Block, text []byte) Findings {
	if !available || len(text) < BlockSize {
		return Blind
	}
	_ = blocks[(len(text)-1)/BlockSize]
	return Findings(index(&blocks[0], &text[0], len(text)))
}

// Available reports whether Index looks at texts.
func Available() bool { return available }
