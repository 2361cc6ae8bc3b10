package telemetry

import (
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// utf16Of tells whether content is UTF-16, by its mark, or by the zero bytes
// that the first characters of JSON, XML and logs have in it. nil means that
// it is not.
func utf16Of(head []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case len(head) < 4:
		return nil
	case isASCII(head[0]) && head[1] == 0 && isASCII(head[2]) && head[3] == 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case head[0] == 0 && isASCII(head[1]) && head[2] == 0 && isASCII(head[3]):
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return nil
}

func isASCII(c byte) bool { return c >= 0x20 && c < 0x7f || c == '\t' || c == '\r' || c == '\n' }

// decoded reads UTF-16 as UTF-8. Lines and offsets of problems are those of the
// decoded text.
func decoded(in io.Reader, e encoding.Encoding) io.Reader {
	return transform.NewReader(in, e.NewDecoder())
}

// validLine returns a line as UTF-8. One that is not is taken as Windows-1252,
// in which every byte means something: such lines stand between others where
// programs of different ages write one log.
func validLine(line []byte) string {
	if utf8.Valid(line) {
		return string(line)
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(line)
	if err != nil {
		return string(bytes.ToValidUTF8(line, []byte("\ufffd")))
	}
	return string(text)
}
