package evtx

// Types of values, for tests from outside.
const (
	String = kindString
	Uint32 = kindUint32
	Int64  = kindInt64
	Hex64  = kindHex64
	Bool   = kindBool
	GUID   = kindGUID
	SID    = kindSID
	Time   = kindFileTime
	Binary = kindBinary
	ANSI   = kindANSI
	Real   = kindReal64
	Array  = kindString | kindArray
)

// LogBuilder is logBuilder.
type LogBuilder = logBuilder

// NewLog is newLog with the channel of all events, a constant of their templates.
func NewLog(channel string) *LogBuilder {
	b := newLog()
	b.system = []systemElement{{"Provider", "Name", "P-" + channel}, {"Channel", "", channel}}
	return b
}

// Field is a Data element.
type Field = field

// NewField makes a Data element.
func NewField(name string, kind byte, data []byte) Field { return field{name, kind, data} }

// Add appends a record.
func (b *logBuilder) Add(fields ...Field) { b.event(fields...) }

// Size returns how much of its chunk the log takes.
func (b *logBuilder) Size() int { return len(b.chunk) }

// File is file.
func (b *logBuilder) File() []byte { return b.file() }

// Wide writes a text in UTF-16.
func Wide(s string) []byte { return wide(s) }
