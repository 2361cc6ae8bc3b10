# METADATA
# title: a reference to a site that is not on the list
# description: Links to shorteners, pastes and private drives are dead when they are needed.
# custom:
#   severity: info
#   bad: |
#     title: Whoami
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     references: [https://bit.ly/x]
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
#   good: |
#     title: Whoami
#     id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
#     references: [https://learn.microsoft.com/x]
#     logsource: {category: process_creation, product: windows}
#     detection:
#         selection:
#             Image|endswith: '\whoami.exe'
#         condition: selection
package socctl.checks.example["reference-domains"]

import data.socctl

allowed := {"attack.mitre.org", "github.com", "learn.microsoft.com", "www.cisa.gov"}

report contains finding if {
	some reference in input.references.value
	host := regex.find_n(`^https?://[^/:]+`, reference.value, 1)[0]
	name := regex.replace(host, `^https?://`, "")
	not name in allowed
	finding := socctl.finding(reference, sprintf("%s is not on the list of sites", [name]))
}
