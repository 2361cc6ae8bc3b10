package telemetry

import (
	"bufio"
	"errors"
)

// xml reads Windows events that were exported as XML.
func (r *reader) xml(source string, _ *bufio.Reader) bool {
	return r.fail(source, errors.New("this is XML; this reader takes EVTX and JSON"))
}
