package socctl.checks.example_test.runbook

import data.socctl.checks.example["runbook"] as check

test_found if {
	count(check.report) > 0 with input as {"$": {}, "level": {"value": "critical", "location": "1:1:1:2"}}
}

test_silent if {
	count(check.report) == 0 with input as {"$": {}, "level": {"value": "critical", "location": "1:1:1:2"}, "references": {"value": [{"value": "https://runbooks.example.com/x", "location": "1:1:1:2"}], "location": "1:1:1:2"}}
}
