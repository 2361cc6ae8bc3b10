// Package textlog turns lines of text logs into records.
//
// Which format a line has is told by the line itself, so a source may mix
// formats, as the file of a syslog collector does; formats whose lines mean
// nothing without a header (CSV, W3C, Zeek) are recognised by it. A format
// inside another is read as well: CEF, JSON, XML or audit records that syslog
// carries become the record's fields.
//
// No line is dropped: each yields records, is part of one, is a header or a
// comment of its format, or is returned as an error. Records keep what the
// line says. Times are not interpreted here, because lines often lack the year
// and the zone. Memory is bounded by the limits that each format states.
package textlog
