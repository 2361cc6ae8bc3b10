//go:build !goexperiment.jsonv2

package worker

// experimental are the floors that need GOEXPERIMENT=jsonv2: none here.
func experimental() []Floor { return nil }
