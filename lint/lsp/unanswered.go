package lsp

import (
	"bytes"
	"encoding/json"
	"sync"
	"time"
)

// unanswered are the requests of the client that were read and have no answer yet.
// Whoever reads waits for none before the input ends: what was asked until then
// is answered, and would be dropped if the end were told at once.
type unanswered struct {
	mu     sync.Mutex
	ids    map[string]int // as written, with how many requests have them
	none   chan struct{}  // of whoever waits, to be closed when there are none
	broken bool           // no answer can be sent any more
}

// envelope is what tells a request, a notification and an answer apart.
type envelope struct {
	ID     json.RawMessage `json:"id"`
	Method *string         `json:"method"`
}

// envelopes reads a message, or several in one; none of what is not sensible.
func envelopes(message []byte) []envelope {
	if trimmed := bytes.TrimLeft(message, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '[' {
		var batch []envelope
		if json.Unmarshal(message, &batch) != nil {
			return nil
		}
		return batch
	}
	var one envelope
	if json.Unmarshal(message, &one) != nil {
		return nil
	}
	return []envelope{one}
}

// read notes the requests in a message of the client.
func (u *unanswered) read(message []byte) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, e := range envelopes(message) {
		if e.Method == nil || e.ID == nil {
			continue
		}
		if u.ids == nil {
			u.ids = map[string]int{}
		}
		u.ids[string(e.ID)]++
	}
}

// sent notes the answers in a message of the server.
func (u *unanswered) sent(message []byte, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.broken = u.broken || err != nil
	for _, e := range envelopes(message) {
		if id := string(e.ID); e.Method == nil && u.ids[id] > 0 {
			if u.ids[id]--; u.ids[id] == 0 {
				delete(u.ids, id)
			}
		}
	}
	u.tell()
}

// tell wakes whoever waits if there is nothing to wait for.
func (u *unanswered) tell() {
	if u.none != nil && (len(u.ids) == 0 || u.broken) {
		close(u.none)
		u.none = nil
	}
}

// wait returns when everything is answered, when done is closed, or after a time.
func (u *unanswered) wait(done <-chan struct{}, most time.Duration) {
	u.mu.Lock()
	none := make(chan struct{})
	u.none = none
	u.tell()
	u.mu.Unlock()
	select {
	case <-none:
	case <-done:
	case <-time.After(most):
	}
}
