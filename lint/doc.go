// Package lint checks rules: the contract of a check, the driver that runs them,
// and what is made of their findings: ignores, baselines and fixes. The checks
// themselves are in the packages below checks, one file each.
//
// What it guarantees: findings are the same for any number of workers and in a
// fixed order. A finding that is ignored is marked and never dropped. A fix is
// applied only if every document of the file means the same afterwards, which is
// decided by compiling it before and after.
package lint
