# METADATA
# title: a high or critical rule without tests of both kinds
# description: A rule that wakes people is tested to fire and to stay silent.
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
#     level: low
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
package socctl.checks.example["tests-by-level"]

import data.socctl

report contains finding if {
	input.level.value in {"high", "critical"}
	input["$"].tests.looked_for
	some kind in ["positive", "negative"]
	input["$"].tests[kind] == 0
	finding := socctl.finding(input.level, sprintf("a rule of level %s has no %s test", [input.level.value, kind]))
}
