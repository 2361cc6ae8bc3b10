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
// The cost of rules follows distinct values, so -stats tells how many there are. Of
// 10 million events of 200 machines in 14 days, distinct are 12 % of CommandLine, 41 %
// of TargetFilename, 3.9 % of TargetObject, 1.6 % of ParentCommandLine, 0.14 % of
// Hashes and 0.09 % of Image; of half a million recorded events of 21 machines they are
// 48, 63, 28, 17, 6 and 0.2 %. So a fleet repeats itself more than the recordings do,
// as it is twenty times as long, but for values that differ from machine to machine.
//
// How it is made, and what it guarantees about order, determinism and memory, is
// said in package bench/internal/synth.
package main
