// Package telemetry reads recordings of events (EVTX files, JSON in all its
// usual framings, compressed or not) and normalises their records.
//
// Reading gives two guarantees. Nothing is lost silently: every stretch of a
// source from which no record could be made is reported as a *Problem that
// says where it is and, where that can be known, how many records it held;
// and reading goes on behind it. And memory is bounded: a source is streamed,
// never loaded, a record that exceeds ReadOptions.MaxRecord is discarded while
// it is scanned, and no content of a source, however it was crafted, makes the
// readers panic, recurse or allocate beyond fixed limits.
//
// The format of a source is found by looking at its content, never at its
// name; the name only decides which files of a folder are read.
package telemetry
