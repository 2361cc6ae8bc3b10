package telemetry

import (
	"bufio"
	"errors"

	"github.com/socctl/socctl/evaluator/telemetry/evtx"
)

// evtx reads a Windows event log.
func (r *reader) evtx(source string, in *bufio.Reader) bool {
	index := 0
	r.logs.Unrendered = r.options.Unrendered
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
