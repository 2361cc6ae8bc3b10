package backtest

import (
	"time"

	"github.com/socctl/socctl/evaluator/telemetry"
)

// clock reads the times of records.
type clock struct{}

// reading is where records of a kind have their time.
type reading struct{}

// time returns the time of the current record.
func (s *survey) time(_ *kind, _ telemetry.Record) (time.Time, error) {
	event, _, err := s.see()
	if err != nil {
		return time.Time{}, err
	}
	return timeOf(event), nil
}
