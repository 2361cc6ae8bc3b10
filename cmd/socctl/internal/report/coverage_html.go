package report

import "io"

func coverageHTML(w io.Writer, run *CoverageRun) error { return nil }
