# METADATA
# title: an author who is one person
# description: People leave. A team answers.
# custom:
#   severity: info
#   bad: |
#     title: Whoami
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     author: jane.doe@example.com
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
#   good: |
#     title: Whoami
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     author: Detection Engineering
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
package socctl.checks.example["author-is-a-team"]

import data.socctl

report contains finding if {
	contains(input.author.value, "@")
	finding := socctl.finding(input.author, "the author is an e-mail address")
}
