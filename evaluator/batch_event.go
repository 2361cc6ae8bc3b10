package evaluator

// madeEvents is events of rows that are matched together, which several computations need:
// the rows that are the first with their texts for one are mostly so for another. It can be
// used again.
type madeEvents struct {
	byRow map[int32]*madeEvent
	items []*madeEvent
	used  int
}

type madeEvent struct {
	event Routed
	trace *Trace
}

// maxEvents is how many events are kept at a time.
const maxEvents = 1 << 6

func (e *madeEvents) forget() {
	if e.used > 0 {
		e.used = 0
		clear(e.byRow)
	}
}

// release gives up what events are made of, which is much where it is all of a file.
func (e *madeEvents) release() {
	e.forget()
	for _, made := range e.items {
		made.event = nil
		made.trace.release()
	}
}

// eventOf returns the event of a row of the current batch.
func (m *batchMatcher) eventOf(row int32) (*madeEvent, error) {
	e := &m.events
	if made := e.byRow[row]; made != nil {
		return made, nil
	}
	if e.used == maxEvents { // it is not kept
		trace := m.freshTrace()
		event, err := m.Event(int(row), trace)
		return &madeEvent{event, trace}, err
	}
	if e.used == len(e.items) {
		e.items = append(e.items, &madeEvent{trace: NewTrace()})
	}
	made := e.items[e.used]
	made.trace.reset()
	var err error
	if made.event, err = m.Event(int(row), made.trace); err != nil {
		return nil, err
	}
	if e.byRow == nil {
		e.byRow = map[int32]*madeEvent{}
	}
	e.byRow[row] = made
	e.used++
	return made, nil
}
