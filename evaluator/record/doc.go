// Package record keeps recorded telemetry on disk: written once, replayed many
// times.
//
// A recording is a folder of Parquet files, one for each day and set of views, and
// a manifest that lists them. Each leaf of a record, a text that it has somewhere,
// is in a column; the column bears the name of the field if the event has one that
// is this leaf, and else the path of the leaf. What records look like otherwise
// stands once in the file: with the texts of its row, a record is made again as its
// source wrote it, spaces and escapes excepted. So nothing is lost that a rule may
// ask for, and what rules mean is decided when they are replayed, not when events
// are recorded.
//
// Beside each file stands an index, which tells without the file that rules can find nothing
// in it. It errs on the side of yes, and what it leaves out changes no result.
//
// What it guarantees:
//
//   - A file that the manifest lists is complete, and so is its index. Files are written under
//     another name, and the manifest is replaced as a whole; whatever else is in the folder
//     does not count. A process may be killed at any moment.
//   - One process writes at a time; others may read meanwhile what was there.
//   - Replaying yields, for every event, the matches and suppressions that
//     evaluator.Evaluator.Match yields for it, in an order that does not depend on
//     the number of workers.
//   - Memory while recording is bounded by Options.Memory, and what one record
//     takes; while replaying, by what the columns of a row group take, for each
//     worker.
package record
