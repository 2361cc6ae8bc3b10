# METADATA
# title: a production rule without a technique
# description: Coverage is counted by technique.
# custom:
#   severity: warning
#   bad: |
#     title: Whoami
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     status: stable
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
#   good: |
#     title: Whoami
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     status: stable
#     tags: [attack.discovery, attack.t1033]
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
package socctl.checks.example["technique-required"]

import data.socctl

report contains finding if {
	input.status.value in {"test", "stable"}
	not has_technique
	finding := socctl.helped(input.status, "no tag names a technique", "add attack.t<number>")
}

has_technique if {
	some tag in input.tags.value
	regex.match(`^attack\.t\d{4}(\.\d{3})?$`, tag.value)
}
