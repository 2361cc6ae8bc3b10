package socctl.checks.example_test.title_prefix

import data.socctl.checks.example["title-prefix"] as check

test_found if {
	count(check.report) > 0 with input as {"$": {"kind": "rule"}, "title": {"value": "Whoami", "location": "1:1:1:2"}}
}

test_silent if {
	count(check.report) == 0 with input as {"$": {"kind": "rule"}, "title": {"value": "Windows: whoami", "location": "1:1:1:2"}}
}
