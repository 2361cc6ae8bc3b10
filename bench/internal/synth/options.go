package synth

import (
	"errors"
	"fmt"
	"time"
)

// Options say how a fleet is grown.
type Options struct {
	Days, Hosts int
	Seed        uint64
	Events      int64
	Start       time.Time // a midnight in UTC; DefaultStart if zero
	Episodes    int       // attacks
	// Of a million events, how many satisfy a rule and an exclusion of it, how many
	// are matched by rules of low levels only, and how many are of software that is
	// rolled out.
	Noise, Chatter, Software int64
}

// DefaultStart is a Monday.
var DefaultStart = time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)

// Defaults of shares, in millionths.
const (
	DefaultNoise    = 5_000
	DefaultChatter  = 200
	DefaultSoftware = 20_000
)

// maxHosts keeps addresses apart.
const maxHosts = 60_000

func (o *Options) check() error {
	if o.Start.IsZero() {
		o.Start = DefaultStart
	}
	switch {
	case o.Days < 1 || o.Days > 366:
		return errors.New("a fleet lives for 1 to 366 days")
	case o.Hosts < 1 || o.Hosts > maxHosts:
		return fmt.Errorf("a fleet has 1 to %d hosts", maxHosts)
	case o.Events < 1 || o.Episodes < 0:
		return errors.New("a fleet has at least one event, and no negative number of episodes")
	case o.Noise < 0 || o.Chatter < 0 || o.Software < 0 || o.Noise+o.Chatter+o.Software > 1_000_000:
		return errors.New("shares of noise, chatter and software lie between 0 and 1, and so does their sum")
	case !o.Start.Equal(o.Start.UTC().Truncate(24 * time.Hour)):
		return errors.New("a fleet starts at midnight in UTC")
	}
	return nil
}
