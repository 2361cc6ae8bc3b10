// Package feedback holds what investigations say about alerts, and what follows
// from it: verdicts as records, how many of them become one label for an alert,
// and which of those labels may ever support an exclusion.
//
// A Verdict is one statement of one investigator about one alert. Fold makes a
// State of many: it does not depend on their order, ignores what is there twice,
// and resolves disagreement to the safe side. Whatever somebody called malicious
// is protected; only Supporting alerts may be tuned away. The text of reasons is
// carried along and never looked at.
//
// What stands below has the rest: package ledger keeps verdicts in files,
// package importer reads those of other products, package health judges rules.
package feedback
