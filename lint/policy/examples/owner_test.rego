package socctl.checks.example_test.owner

import data.socctl.checks.example["owner"] as check

test_found if {
	count(check.report) > 0 with input as {"$": {}, "level": {"value": "high", "location": "1:1:1:2"}}
}

test_silent if {
	count(check.report) == 0 with input as {"$": {}, "level": {"value": "high", "location": "1:1:1:2"}, "owner": {"value": "soc", "location": "1:1:1:2"}}
}
