# METADATA
# title: a high or critical rule without an owner
# description: Somebody must answer for what wakes people.
# custom:
#   severity: warning
#   bad: |
#     title: Whoami
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     level: high
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
#   good: |
#     title: Whoami
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     level: high
#     owner: soc
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
package socctl.checks.example["owner"]

import data.socctl

report contains finding if {
	input.level.value in {"high", "critical"}
	not input.owner
	finding := socctl.helped(input.level, "the rule has no owner", "add owner: <team>")
}
