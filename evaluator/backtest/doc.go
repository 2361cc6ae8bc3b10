// Package backtest replays recordings against rules and says what the rules would
// have done: matches and alerts of every rule, per day, host and user, what caused
// them, how many a day are to be expected, and what a change of the rules gains
// and loses.
//
// It claims no more than the recordings show. A rule of whose logsource no event
// was recorded, or that needs a field that none has, is not exercised: its silence
// says nothing. A rate has an interval and the days that it is about, a budget is
// exceeded only if the interval says so, and a run that was interrupted says that
// it is partial.
//
// Run does not read recordings itself: a Replayer delivers the events that matter,
// in an order that depends on the recordings alone, and what else was there
// (Exposure). Streaming is the one for recordings of any kind.
package backtest
