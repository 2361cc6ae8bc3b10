// Package lanes makes the inputs of the benchmark: generated telemetry, and
// recordings in the form that all engines read.
//
// What it guarantees: the same lane has the same bytes for the same number of
// events, on every machine, until GeneratorVersion changes; nothing is repeated
// to make a lane longer.
package lanes

import (
	"bufio"
	"io"
)

// GeneratorVersion changes whenever a lane gets other bytes than before.
const GeneratorVersion = 1

// Lane is one input.
type Lane struct {
	Name  string
	Title string
	Seed  uint64
	Size  int // bytes per event of the description that the lane follows; 0 if it follows none
	Times int // how many times as many events it has as other lanes, so that they take as long; 0 for once

	// Logsource is what all events are, for engines that route by nothing else.
	// It reads like product=windows. Events of a lane that Says say it themselves.
	Logsource string
	Says      bool

	// Assign is what socctl is told that all events are, where its views cannot
	// know.
	Assign string

	generate func(dice) func(*record) // nil for recordings
	record   func(source, io.Writer, int) error
	folders  []string // of recordings that are read where they are
}

// EVTX reports whether the lane consists of event logs in their binary form.
func (l Lane) EVTX() bool { return l.folders != nil }

// All returns all lanes, in the order of the report.
func All() []Lane {
	return []Lane{
		{Name: "raw_windows", Title: "a Windows process creation as one text", Seed: 11, Size: 862, Times: 4, Logsource: "product=windows", Says: true, Assign: "product=windows", generate: rawWindows},
		{Name: "structured_windows", Title: "Sysmon process creations in flat fields", Seed: 23, Size: 705, Logsource: "product=windows,category=process_creation", Says: true, Assign: "product=windows,category=process_creation", generate: structuredWindows},
		{Name: "cisco_syslog", Title: "commands accounted for by network devices, one text each", Seed: 101, Size: 146, Times: 3, Logsource: "product=cisco,service=aaa", Says: true, Assign: "product=cisco,service=aaa", generate: ciscoSyslog},
		{Name: "sysmon_file_event", Title: "Sysmon file creations in flat fields", Seed: 103, Size: 445, Times: 3, Logsource: "product=windows,category=file_event", Says: true, generate: sysmonFile},
		{Name: "fleet", Title: "a working week of 400 machines", Seed: 7, Logsource: "product=windows", generate: fleet},
		{Name: "defeated", Title: "Sysmon with random values and lists: caches are defeated", Seed: 13, Logsource: "product=windows", generate: defeated},
		{Name: "recordings", Title: "recorded Windows events, each once", Logsource: "product=windows", record: windowsRecordings},
		{Name: "evtx", Title: "event logs of Windows in their binary form", Logsource: "product=windows", folders: eventLogs},
	}
}

// Write writes n generated events as NDJSON.
func (l Lane) Write(w io.Writer, n int) error {
	out := bufio.NewWriterSize(w, 1<<20)
	event := l.generate(newDice(l.Seed))
	var r record
	for range n {
		r.begin()
		event(&r)
		if _, err := out.Write(r.end()); err != nil {
			return err
		}
	}
	return out.Flush()
}
