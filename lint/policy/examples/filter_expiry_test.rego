package socctl.checks.example_test.filter_expiry

import data.socctl.checks.example["filter-expiry"] as check

test_found if {
	count(check.report) > 0 with input as {"$": {"kind": "filter", "today": "2026-01-01"}, "title": {"value": "F", "location": "1:1:1:2"}, "expires": {"value": "2025-01-01", "location": "1:1:1:2"}}
}

test_silent if {
	count(check.report) == 0 with input as {"$": {"kind": "filter", "today": "2026-01-01"}, "title": {"value": "F", "location": "1:1:1:2"}, "expires": {"value": "2027-01-01", "location": "1:1:1:2"}}
}
