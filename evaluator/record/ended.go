package record

import "errors"

// ErrEnded means that a Writer was used after Commit or Abort.
var ErrEnded = errors.New("this writer has ended: create another one")

// ErrLocked means that somebody else, of this process or another one, writes to a
// recording. It comes at once; who wants to wait tries again.
var ErrLocked = errors.New("is being written by another process: wait for it")
