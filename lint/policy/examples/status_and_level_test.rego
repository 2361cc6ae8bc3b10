package socctl.checks.example_test.status_and_level

import data.socctl.checks.example["status-and-level"] as check

test_found if {
	count(check.report) > 0 with input as {"$": {}, "status": {"value": "experimental", "location": "1:1:1:2"}, "level": {"value": "high", "location": "1:1:1:2"}}
}

test_silent if {
	count(check.report) == 0 with input as {"$": {}, "status": {"value": "experimental", "location": "1:1:1:2"}, "level": {"value": "low", "location": "1:1:1:2"}}
}
