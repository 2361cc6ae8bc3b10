// Package correlation turns matches of rules into the alerts of correlations.
//
// Everything goes by the time of events, never by that of the clock. Matches
// may arrive in any order within a tolerance (Options.Lateness); the alerts are
// then the same as if all matches had been sorted by time first, so streaming
// and batch agree. What comes later than that, has no time, or exceeds a limit
// is counted in Stats, never dropped silently.
//
// State is one window for each correlation and group, and each match costs
// every correlation that it feeds a constant or logarithmic amount of work,
// however large the window is.
//
// What a correlation means is decided by D39 to D55; the plain enumeration of
// windows in package reference defines it, and tests compare the two.
package correlation
