package socctl.checks.example_test.banned_field

import data.socctl.checks.example["banned-field"] as check

test_found if {
	count(check.report) > 0 with input as {"$": {"selections": [{"items": [{"field": "Company", "location": "1:1:1:2"}]}]}}
}

test_silent if {
	count(check.report) == 0 with input as {"$": {"selections": [{"items": [{"field": "Image", "location": "1:1:1:2"}]}]}}
}
