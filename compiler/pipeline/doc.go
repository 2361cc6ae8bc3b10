// Package pipeline changes Sigma rules before they are compiled, as processing
// pipelines of pySigma do: it renames fields, adds conditions, replaces values
// and rejects what a source of events cannot answer.
//
// It reads the YAML that pySigma reads, strictly: an unknown key, an unknown or
// unsupported transformation and a wrong type are errors with file, line and
// column. Names, defaults and meaning are those of pySigma 2.0.1; where the
// meaning of a rule would get lost on the way to an evaluation, the package
// keeps the meaning, which the comments of the places concerned say.
//
// What it guarantees: a rule that is given to Apply is never changed. The
// result keeps the places of everything that came from the rule, so that later
// errors point into it; what a pipeline added points into the pipeline. A rule
// that cannot be processed completely is marked as invalid and the reason
// returned. The size of a result is bounded.
package pipeline
