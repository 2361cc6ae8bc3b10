// Package ledger keeps verdicts in files: one of NDJSON, or a folder of them, a
// file for every month. It only ever appends, so that the files can stand in a
// git repository and be merged line by line.
//
// Many goroutines and many processes may add to the same ledger. What Add has
// acknowledged is on the disk: it survives the end of the process and of the
// machine, however they end. A line that was interrupted half-way was never
// acknowledged; readers tell of it, and the next writer removes it.
package ledger
