// Package attack knows MITRE ATT&CK: the techniques and tactics of several
// releases, what became of those that were retired, and how the tags of Sigma
// rules refer to them. It knows nothing of events.
//
// The facts are ids, names, tactics, platforms, who uses a technique and how it is
// detected: those of four releases of the Enterprise matrix are embedded
// (facts/enterprise.tsv), others are imported (package stix) and read (Read). A
// release is named by its number, and nothing changes with the day on which a
// program runs: who asks for 18.1 gets 18.1. No name or order of tactics is
// written down in the code.
//
// 16.1 to 18.1 restate the STIX bundles that MITRE publishes. 19.1 is put
// together from tables of others that restate it (the index of Atomic Red Team,
// DeTT&CT, the MISP galaxy); Facts.Incomplete says what that leaves out.
//
// ATT&CK is a registered trademark of The MITRE Corporation. © 2026 The MITRE
// Corporation. This work is reproduced and distributed with the permission of
// The MITRE Corporation.
package attack
