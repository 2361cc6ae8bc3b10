package value

import "testing"

func TestStrayInvisible(t *testing.T) {
	for text, want := range map[string]int{
		"who\u200bami":                           3,
		"\u202ewhoami":                           0,
		"a\u200db":                               1,
		"*\u202e*a":                              1,
		"\U0001F937\u200da":                      4,
		"a\U000E0067":                            1,
		"\xff\u200b":                             1,
		"\u200b\xff":                             0,
		"whoami":                                 -1,
		"":                                       -1,
		"\u202e":                                 -1, // looks for it
		"*\u200b\u200b*":                         -1,
		"\U0001F937\U0001F3FC\u200d\u2642\ufe0f": -1, // joined
		"\u2764\ufe0f\u200d\U0001F525":           -1,
		"\U0001F3F4\U000E0067\U000E007F":         -1,
	} {
		if got, _ := strayInvisible(text); got != want {
			t.Errorf("%q: %d instead of %d", text, got, want)
		}
	}
}
