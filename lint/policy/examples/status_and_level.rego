# METADATA
# title: an experimental rule that wakes people
# description: An experiment is of level medium at most.
# custom:
#   severity: warning
#   bad: |
#     title: Whoami
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     status: experimental
#     level: critical
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
#   good: |
#     title: Whoami
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     status: experimental
#     level: medium
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
package socctl.checks.example["status-and-level"]

import data.socctl

report contains finding if {
	input.status.value == "experimental"
	input.level.value in {"high", "critical"}
	finding := object.union(
		socctl.finding(input.level, sprintf("an experimental rule has the level %s", [input.level.value])),
		{"related": [{"at": input.status, "message": "its status"}], "fix": {"message": "write medium", "edits": [{"at": input.level, "text": "medium"}]}},
	)
}
