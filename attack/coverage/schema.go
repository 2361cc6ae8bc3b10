package coverage

import _ "embed"

//go:embed report.schema.json
var reportSchema []byte

// ReportSchema returns the JSON schema of a Report.
func ReportSchema() []byte { return reportSchema }
