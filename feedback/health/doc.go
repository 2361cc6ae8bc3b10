// Package health judges rules by what investigations found and by what a replay
// shows: how precise they are and how sure that is, how much they fire, from how
// many causes, whether that has changed, and what to do about it.
//
// Every rule of a program is told, those too that are silent, untested or that
// nobody has judged. Numbers count root causes, not alerts: ten thousand alerts of
// one cause are one observation.
package health
