// Package shape recognises the shapes of JSON records. The shape of a record
// is all of it but the texts of its strings, numbers and booleans: how it is
// nested, the names of members in the order written, how long lists are, and
// the kind of each leaf. A leaf is a value without values in it.
//
// Telemetry repeats few shapes very often. A [Scanner] keeps those it has seen
// in a trie and walks it while it reads: where it stands in the trie tells the
// bytes that come next up to the next leaf, name and punctuation and spaces
// alike, so that they take one comparison. What it yields are the id of the
// shape and where the leaves are; who reads many records prepares per shape
// what there is to know about names and nesting, and per record only looks at
// the leaves.
//
// It guarantees:
//
//   - Two records have the same id if and only if they have the same shape.
//     Names are compared as they are written: a name with an escape differs
//     from the same name without.
//   - A record is accepted if and only if it is JSON (RFC 8259) that is not
//     nested too deep. Strings may hold bytes that are no UTF-8; they are
//     marked.
//   - Memory is bounded by the options, whatever comes in. Shapes beyond that
//     are not remembered: their records are checked all the same and reported
//     as Unknown.
//   - Nothing is allocated for a record whose shape is known.
package shape
