// Package evtx reads Windows event logs in the EVTX format.
//
// A log is a file header and chunks of 64 KiB. A chunk holds records in binary
// XML and all the names and templates that they refer to, so it is read without
// knowledge of the others: the reader streams a log chunk by chunk, needs no
// seeking, and one that is damaged in the middle is read on both sides of it.
//
// The package guarantees three things. Nothing is lost silently: whatever could
// not be read is reported as a *Damage that says where it is and, where that
// can be known, how many records it held. Work is bounded: no content of a log,
// however it was crafted, makes the reader panic, recurse or allocate beyond
// the limits that limits.go states. And what is read does not depend on what
// was read before: the caches of a Reader show in its speed alone.
//
// A record has the shape that evtx_dump gives it:
//
//	{"Event": {"System": {…}, "EventData": {…}}}
//
// An element with attributes becomes an object with "#attributes" and, if it
// has text, "#text". Attributes without a value and namespace declarations are
// left out. A Data element with a name becomes a member of that name; further
// attributes of such an element do not appear, as they do not in evtx_dump.
// Unnamed ones become the list "Data", any other element that is repeated a
// list of its name. An element without a value is null: Windows leaves the ones
// out whose template says so, evtx_dump and this package keep their names.
//
// Values look as Windows renders them: hexadecimal ones as "0x1fffff", times
// with all seven digits of their fraction, GUIDs upper-case in braces, binary
// as upper-case digits.
//
// How it works: a template is translated once into a script, a list of codes
// without any offsets (script.go, lexer.go). The script and the types of the
// values that a record gives to it are made into a tree of what the record
// looks like (shape.go), and that into a plan (plan.go): a skeleton of the
// record and a list of which value goes where. Records of the same template
// with values of the same types, which is nearly all of them, differ in the
// values only, so they are one pass over the plan.
//
// Whoever evaluates records rather than shows them needs few of their values: a
// Reader may leave them unrendered (unrendered.go). Such a record is a layout
// (layout.go), which is a plan whose skeleton is the same for all records, and the
// places of its values in the chunk, whose memory it holds until it is released
// (block.go). A Renderer makes of it what the Reader would have made, or only the
// text of one value.
package evtx
