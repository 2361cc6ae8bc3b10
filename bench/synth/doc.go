// Command synth grows recordings into days of a synthetic fleet whose truth is
// known, for measuring volume, cost and budgets.
//
//	go run ./bench/synth -data DIR -days 14 -hosts 200 -seed 7 -events 10000000 -out fleet.ndjson.zst
//	go run ./bench/synth -stats fleet.ndjson.zst      how often values repeat
//
// What it writes is synthetic, and figures measured on it are never evidence for
// tuning rules: its content was chosen with the rules in hand. The names of all of
// its machines end in fleet.synthetic.example, and the first line of the truth
// repeats this. No field is added to events, because a rule of keywords looks at
// all values.
//
// The truth, by default beside the events in a file whose name ends in
// .truth.ndjson, has a line for every attack (recording, techniques, host, user,
// hosts that took part, time range, events, matches by rule id), every kind of
// noise (the rule whose exclusion it satisfies, hosts, time range, events), every
// kind of chatter (rules of low levels that match it), every version of software
// that was rolled out, and every daily job. Whatever it does not name is background
// that no rule matches.
//
// How it is made, and what it guarantees about order, determinism and memory, is
// said in package bench/internal/synth.
package main
