// Package filelock lets one process at a time write to a file that several share.
//
// A lock is dropped when its file is closed, and when the process ends, however it ends.
// It keeps only those out who ask for it.
package filelock
