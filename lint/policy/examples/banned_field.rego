# METADATA
# title: a field that the house does not collect
# description: The rule would never fire here.
# custom:
#   severity: warning
#   bad: |
#     title: Whoami
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Company|endswith: '\whoami.exe'
#         condition: selection
#   good: |
#     title: Whoami
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
package socctl.checks.example["banned-field"]

import data.socctl

banned := {"Company", "Product"}

report contains finding if {
	some selection in input["$"].selections
	some item in selection.items
	item.field in banned
	finding := socctl.helped(item, sprintf("the field %s is not collected", [item.field]), "look for something else")
}
