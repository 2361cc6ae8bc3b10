package worker

import (
	"encoding/json"
	"io"
	"runtime"
	"time"
)

// Report is what one process measured.
type Report struct {
	Version string `json:"version,omitempty"` // of the engine

	Rules   int               `json:"rules"`             // loaded by the engine
	Refused map[string]string `json:"refused,omitempty"` // rules that the engine does not load, with its reason, by id

	Events int           `json:"events"` // evaluated
	Bytes  int64         `json:"bytes"`
	Load   time.Duration `json:"load"` // CPU time until the first event
	CPU    time.Duration `json:"cpu"`  // of evaluation, garbage collection included
	Wall   time.Duration `json:"wall"`

	// LoadWall is the time that loading took, for engines that cannot tell where it
	// ends: CPU and Wall include loading then.
	LoadWall time.Duration `json:"load_wall,omitempty"`

	// Later is the part of CPU that came behind the first events, of which many ask
	// for something to be built that others find; see Job.Warm.
	Later       time.Duration `json:"later,omitempty"`
	LaterEvents int           `json:"later_events,omitempty"`

	Allocs uint64 `json:"allocs"`
	Memory uint64 `json:"memory"` // bytes allocated while evaluating
	Peak   int64  `json:"peak"`   // resident bytes at most; 0 if the system does not tell
	Heap   int64  `json:"heap"`   // bytes in use behind the last event: rules, what was built of them, and what is remembered

	Loading *Loading `json:"loading,omitempty"` // of Load

	Matches map[string]int `json:"matches,omitempty"` // by id of the rule
	Errors  map[string]int `json:"errors,omitempty"`  // of evaluation, by id of the rule

	// Caches are the hit rates of the engine's caches, by name, between 0 and 1.
	Caches map[string]float64 `json:"caches,omitempty"`
}

// Write writes the report as one line of JSON.
func (r *Report) Write(w io.Writer) error { return json.NewEncoder(w).Encode(r) }

// Stopwatch measures a stretch of the process.
type Stopwatch struct {
	cpu    time.Duration
	wall   time.Time
	memory runtime.MemStats

	lap  time.Duration // CPU time when the later part began; 0 if there is none
	past int           // events before that
}

// Start collects garbage, so that what came before is not paid for by what is
// measured, and starts.
func Start() *Stopwatch {
	s := &Stopwatch{}
	runtime.GC()
	runtime.ReadMemStats(&s.memory)
	s.wall, s.cpu = time.Now(), CPU()
	return s
}

// Lap begins the later part, behind so many events.
func (s *Stopwatch) Lap(events int) { s.lap, s.past = CPU(), events }

// Stop writes what was measured since Start into the report.
func (s *Stopwatch) Stop(r *Report) {
	r.CPU, r.Wall = CPU()-s.cpu, time.Since(s.wall)
	var after runtime.MemStats
	runtime.ReadMemStats(&after)
	r.Allocs, r.Memory = after.Mallocs-s.memory.Mallocs, after.TotalAlloc-s.memory.TotalAlloc
	if s.lap > 0 {
		r.Later, r.LaterEvents = s.cpu+r.CPU-s.lap, r.Events-s.past
	}
	r.Peak = peak()
}
