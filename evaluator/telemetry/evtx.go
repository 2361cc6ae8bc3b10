package telemetry

import (
	"bufio"
	"errors"
	"sync"

	"github.com/socctl/socctl/evaluator/telemetry/evtx"
)

// logReaders keep what readers of event logs have learned of templates, which are the
// same on all machines: those that leave records unrendered, and others.
var logReaders = map[bool]*sync.Pool{
	false: {New: func() any { return &evtx.Reader{} }},
	true:  {New: func() any { return &evtx.Reader{Unrendered: true} }},
}

// settleLogs gives the reader of event logs away.
func (r *reader) settleLogs() {
	if r.logs != nil {
		logReaders[r.options.Unrendered].Put(r.logs)
		r.logs = nil
	}
}

// evtx reads a Windows event log.
func (r *reader) evtx(source string, in *bufio.Reader) bool {
	index := 0
	if r.logs == nil {
		r.logs = logReaders[r.options.Unrendered].Get().(*evtx.Reader)
	}
	r.logs.Read(in, func(record evtx.Record, err error) bool {
		if err != nil {
			return r.report(damaged(source, err))
		}
		index++
		return r.emit(Record{Source: source, Index: index - 1, Format: formatEVTX, Modified: r.modified, Value: record.Value, unrendered: record.Unrendered})
	})
	return r.live()
}

// damaged makes a problem of what an event log's reader reports.
func damaged(source string, err error) *Problem {
	p := &Problem{Source: source, Offset: -1, Err: err}
	var damage *evtx.Damage
	if errors.As(err, &damage) {
		p.Offset, p.Lost, p.Err = damage.Offset, damage.Lost, damage.Err
	}
	return p
}
