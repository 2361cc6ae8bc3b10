package socctl.checks.example_test.reference_domains

import data.socctl.checks.example["reference-domains"] as check

test_found if {
	count(check.report) > 0 with input as {"$": {}, "references": {"value": [{"value": "https://bit.ly/x", "location": "1:1:1:2"}], "location": "1:1:1:2"}}
}

test_silent if {
	count(check.report) == 0 with input as {"$": {}, "references": {"value": [{"value": "https://github.com/x", "location": "1:1:1:2"}], "location": "1:1:1:2"}}
}
