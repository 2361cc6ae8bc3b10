# METADATA
# title: a critical rule without a runbook
# description: Whoever is woken needs to know what to do.
# custom:
#   severity: warning
#   bad: |
#     title: Whoami
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     level: critical
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
#   good: |
#     title: Whoami
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     level: critical
#     references: [https://runbooks.example.com/whoami]
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
package socctl.checks.example["runbook"]

import data.socctl

report contains finding if {
	input.level.value == "critical"
	not has_runbook
	finding := socctl.helped(input.level, "no reference is a runbook", "add one of https://runbooks.example.com/")
}

has_runbook if {
	some reference in input.references.value
	startswith(reference.value, "https://runbooks.example.com/")
}
