package evtx

import (
	"fmt"

	"github.com/socctl/socctl/evaluator"
)

// Record is one event as the log has it.
type Record struct {
	ID     uint64 // the record's own number, which runs through a log
	Offset int64  // where the record starts in the file
	Value  evaluator.Value

	// Unrendered is the record instead of Value, if the Reader may leave it so and
	// nothing about it is unusual.
	Unrendered *Unrendered
}

// Damage is something of a log that could not be read, or that was read and is
// not as Windows wrote it. Reading goes on behind it where that is possible.
type Damage struct {
	Offset int64 // where it is in the file
	Lost   int   // number of records known to be lost, 0 if none or unknown
	Err    error
}

// Error formats the damage with its place.
func (d *Damage) Error() string { return fmt.Sprintf("offset %d: %v", d.Offset, d.Err) }

// Unwrap returns the cause.
func (d *Damage) Unwrap() error { return d.Err }
