package socctl.checks.example_test.technique_required

import data.socctl.checks.example["technique-required"] as check

test_found if {
	count(check.report) > 0 with input as {"$": {}, "status": {"value": "stable", "location": "1:1:1:2"}}
}

test_silent if {
	count(check.report) == 0 with input as {"$": {}, "status": {"value": "stable", "location": "1:1:1:2"}, "tags": {"value": [{"value": "attack.t1033", "location": "1:1:1:2"}], "location": "1:1:1:2"}}
}
