package socctl.checks.example_test.author_is_a_team

import data.socctl.checks.example["author-is-a-team"] as check

test_found if {
	count(check.report) > 0 with input as {"$": {}, "author": {"value": "a@b.c", "location": "1:1:1:2"}}
}

test_silent if {
	count(check.report) == 0 with input as {"$": {}, "author": {"value": "Team", "location": "1:1:1:2"}}
}
