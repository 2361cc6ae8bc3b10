# METADATA
# title: a filter without an end, or past it
# description: An exclusion is a hole. It is looked at again on the day that it names.
# custom:
#   severity: warning
#   bad: |
#     title: No administrators
#     expires: 2024-01-31
#     logsource: {category: process_creation, product: windows}
#     filter:
#         rules: any
#         selection:
#             User: admin
#         condition: not selection
#   good: |
#     title: No administrators
#     expires: 2090-01-31
#     logsource: {category: process_creation, product: windows}
#     filter:
#         rules: any
#         selection:
#             User: admin
#         condition: not selection
package socctl.checks.example["filter-expiry"]

import data.socctl

report contains finding if {
	input["$"].kind == "filter"
	not input.expires
	finding := socctl.helped(input.title, "the filter has no end", "add expires: YYYY-MM-DD")
}

report contains finding if {
	input["$"].kind == "filter"
	input.expires.value < input["$"].today
	finding := socctl.helped(input.expires, "the filter has expired", "remove it, or look at it again and set another day")
}
