// Package stix makes facts of what MITRE publishes: a STIX bundle of ATT&CK, 2.0
// or 2.1, or the objects of one in single files.
//
// It streams: of every object only what facts need is kept. It reads both ways
// in which ATT&CK describes detection, data components that detect techniques
// (until 17) and detection strategies with analytics (from 18 on), and any
// domain. What does not fit together is an error, as facts that are half right
// would make coverage look right.
package stix
