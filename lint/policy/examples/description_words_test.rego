package socctl.checks.example_test.description_words

import data.socctl.checks.example["description-words"] as check

test_found if {
	count(check.report) > 0 with input as {"$": {}, "level": {"value": "critical", "location": "1:1:1:2"}, "description": {"value": "Bad.", "location": "1:1:1:2"}}
}

test_silent if {
	count(check.report) == 0 with input as {"$": {}, "level": {"value": "critical", "location": "1:1:1:2"}, "description": {"value": "one two three four five six seven eight", "location": "1:1:1:2"}}
}
