// Package synth grows recordings into days of a fleet whose truth is known.
//
// What it writes is synthetic, and says so: all hosts are of the DNS domain
// fleet.synthetic.example, and the first line of the truth says it too. Figures
// measured on it are about volume, cost and budgets. They are never evidence for
// tuning rules, nor for how many false positives a rule has: what is in the fleet
// was chosen with the rules in hand, so that would be circular.
//
// How it works. Load reads recordings once. Events on which no rule matches become
// templates of the background, a bounded sample of runs for each channel, event id
// and role of host; events on which rules match become attack episodes, or chatter
// if all of these rules are of a low level. A template is a line cut at the spots
// that belong to a host, a user or a moment; writing an event copies the pieces
// and fills in the spots, so JSON is neither decoded nor encoded. Write then lives
// through the days minute by minute: people in shifts, machines around the clock,
// daily jobs, software that arrives in waves, noise that satisfies the exclusions
// of rules, and the episodes.
//
// What it guarantees. The same seed, data and options give the same bytes, on any
// machine and with any number of cores. Events are in the order of their times as
// package telemetry reads them. All of an event's times are shifted by the same
// amount, zones are taken out, and names, addresses and ids that stand for the same
// thing in an event are replaced by the same. No rule matches an event that the
// truth does not name, as far as a trial of every template on one host can tell.
//
// Memory is bounded: by constants for templates (maxText bytes of lines for the
// background, maxLines lines of matches for each recording), which with the public
// rules make half a GiB at the peak for all shared recordings; by 500 bytes for each
// host and a bit for each host and line of the truth; and by the events of one minute
// and the planned ones of one day, 100 bytes each.
//
// What is not realistic. The background holds what was recorded around attacks, as
// far as no rule matches it, so some of it is traces of attacks that rules do not
// know. Kinds of events come in the proportions of recordings, flattened, and one
// machine's events are not tied to each other beyond a run of up to four. An attack
// is the events on which loud rules match, false positives included, without what
// happened in between. Times that stand in messages in other forms than that of ISO
// 8601, IPv6 addresses, public addresses and the names of collectors stay as recorded.
package synth
