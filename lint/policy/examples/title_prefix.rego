# METADATA
# title: a title without the platform in front
# description: Titles begin with the platform, so that lists sort by it.
# custom:
#   severity: warning
#   bad: |
#     title: Whoami
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
#   good: |
#     title: "Windows: whoami"
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
package socctl.checks.example["title-prefix"]

import data.socctl

report contains finding if {
	input["$"].kind == "rule"
	not regex.match(`^(AWS|Azure|GCP|Linux|macOS|Network|SaaS|Windows): `, input.title.value)
	finding := socctl.finding(input.title, "the title does not begin with a platform")
}
