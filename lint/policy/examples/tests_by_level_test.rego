package socctl.checks.example_test.tests_by_level

import data.socctl.checks.example["tests-by-level"] as check

test_found if {
	count(check.report) > 0 with input as {"$": {"tests": {"looked_for": true, "positive": 1, "negative": 0}}, "level": {"value": "high", "location": "1:1:1:2"}}
}

test_silent if {
	count(check.report) == 0 with input as {"$": {"tests": {"looked_for": true, "positive": 1, "negative": 1}}, "level": {"value": "high", "location": "1:1:1:2"}}
}
