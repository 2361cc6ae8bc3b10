# METADATA
# title: a critical rule that says little
# description: A critical alert explains itself.
# custom:
#   severity: warning
#   bad: |
#     title: Whoami
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     level: critical
#     description: Bad.
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
#   good: |
#     title: Whoami
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     level: critical
#     description: Somebody asked the system who they are, from a process that has no reason to.
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
package socctl.checks.example["description-words"]

import data.socctl

report contains finding if {
	input.level.value == "critical"
	words := count(regex.split(`\s+`, input.description.value))
	words < 8
	finding := socctl.finding(input.description, sprintf("the description has %d words, and needs 8", [words]))
}
