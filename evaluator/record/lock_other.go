//go:build !unix

package record

// lock does nothing where files cannot be locked.
func lock(string) (unlock func(), err error) { return func() {}, nil }
