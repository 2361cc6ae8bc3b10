package telemetry

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry/textlog"
)

// Names of the formats that are no text logs.
const (
	formatEVTX = "evtx"
	formatJSON = "json"
	formatXML  = "xml"
)

// InputFormat is a format that ReadOptions.Format can ask for.
type InputFormat struct{ Name, Title string }

// InputFormats returns the formats that Read knows.
func InputFormats() []InputFormat {
	all := []InputFormat{
		{formatEVTX, "Windows event log files"},
		{formatJSON, "JSON: lines, values in a row, lists, envelopes"},
		{formatXML, "Windows events as XML, one or many"},
	}
	for _, f := range textlog.Formats() {
		all = append(all, InputFormat{f.Name, f.Title})
	}
	return all
}

// CheckInputFormat returns an error, naming the formats that there are, unless
// name is one of them or empty.
func CheckInputFormat(name string) error {
	var names []string
	for _, f := range InputFormats() {
		if name == f.Name || name == "" {
			return nil
		}
		names = append(names, f.Name)
	}
	return fmt.Errorf("unknown input format %q: there are %s", name, strings.Join(names, ", "))
}

// content reads an input that is neither compressed nor an archive.
func (r *reader) content(source string, in *bufio.Reader, head []byte) bool {
	format := r.options.Format
	if format == "" {
		format = formatOf(head)
	}
	switch format {
	case formatEVTX:
		return r.evtx(source, in)
	case formatJSON:
		return r.json(source, in)
	case formatXML:
		return r.xml(source, in)
	case "":
		if bytes.IndexByte(head, 0) >= 0 {
			return r.fail(source, errors.New("binary data of no known format"))
		}
		return r.lines(source, in, nil)
	}
	text, err := textlog.Find(format)
	if err != nil {
		return r.fail(source, CheckInputFormat(format))
	}
	return r.lines(source, in, text)
}

// formatOf tells the format of content, "" for lines of text.
func formatOf(head []byte) string {
	if bytes.HasPrefix(head, []byte("ElfFile\x00")) {
		return formatEVTX
	}
	const space = " \t\r\n\ufeff"
	text := bytes.TrimLeft(head, space)
	switch {
	case len(text) == 0 || text[0] == '{':
		return formatJSON
	case text[0] == '[':
		if next := bytes.TrimLeft(text[1:], space); len(next) == 0 || bytes.IndexByte([]byte("{]"), next[0]) >= 0 {
			return formatJSON
		}
	case text[0] == '<' && len(text) > 1 && (text[1] == '?' || text[1] == '!' || text[1]|0x20 >= 'a' && text[1]|0x20 <= 'z'):
		return formatXML
	}
	return ""
}

// whole decodes text that is one JSON object and nothing else.
func (d *jsonDecoder) whole(text string) (evaluator.Value, bool) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "{") {
		return evaluator.Value{}, false
	}
	v, n, err := d.decode([]byte(text), true)
	return v, err == nil && n == len(text)
}
