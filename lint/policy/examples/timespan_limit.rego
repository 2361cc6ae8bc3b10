# METADATA
# title: a correlation over more than a day
# description: Its state is kept in memory that long.
# custom:
#   severity: warning
#   bad: |
#     -- rule.yml --
#     title: Whoami
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
#     -- many.yml --
#     title: Many
#     correlation:
#         type: event_count
#         rules: [5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1]
#         group-by: [User]
#         timespan: 7d
#         condition: {gte: 3}
#   good: |
#     -- rule.yml --
#     title: Whoami
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
#     -- many.yml --
#     title: Many
#     correlation:
#         type: event_count
#         rules: [5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1]
#         group-by: [User]
#         timespan: 12h
#         condition: {gte: 3}
package socctl.checks.example["timespan-limit"]

import data.socctl

report contains finding if {
	timespan := input.correlation.value.timespan
	endswith(timespan.value, "d")
	to_number(trim_suffix(timespan.value, "d")) > 1
	finding := socctl.finding(timespan, "the timespan is more than a day")
}
