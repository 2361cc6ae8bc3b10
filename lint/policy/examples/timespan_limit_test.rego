package socctl.checks.example_test.timespan_limit

import data.socctl.checks.example["timespan-limit"] as check

test_found if {
	count(check.report) > 0 with input as {"$": {}, "correlation": {"value": {"timespan": {"value": "7d", "location": "1:1:1:2"}}, "location": "1:1:1:2"}}
}

test_silent if {
	count(check.report) == 0 with input as {"$": {}, "correlation": {"value": {"timespan": {"value": "12h", "location": "1:1:1:2"}}, "location": "1:1:1:2"}}
}
