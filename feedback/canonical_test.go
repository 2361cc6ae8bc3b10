package feedback

import (
	"testing"
)

// TestCanonical holds the form against the examples of RFC 8785.
func TestCanonical(t *testing.T) {
	for in, want := range map[string]string{
		`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`: `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		`{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}`:                                                                                                    "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\ufb33\":3}",
		`[-0, 0.0, 1e21, 1e20, 1e-7, 1e-6, 9007199254740993]`:                                                                                                                            `[0,0,1e+21,100000000000000000000,1e-7,0.000001,9007199254740992]`,
		`"\u2028<>&\u007f\b\f\t"`: "\"\u2028<>&\u007f\\b\\f\\t\"",
	} {
		got, err := canonical([]byte(in))
		if err != nil || string(got) != want {
			t.Errorf("%s: %s %v, want %s", in, got, err, want)
		}
	}
	for _, in := range []string{`{`, `1e999`, ``} {
		if got, err := canonical([]byte(in)); err == nil {
			t.Errorf("%s: %s", in, got)
		}
	}
}

// FuzzCanonical: what is canonical stays as it is.
func FuzzCanonical(f *testing.F) {
	f.Add(`{"b":[1.50,"\u2028"],"a":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		once, err := canonical([]byte(text))
		if err != nil {
			return
		}
		if twice, err := canonical(once); err != nil || string(twice) != string(once) {
			t.Errorf("%q becomes %q, then %q: %v", text, once, twice, err)
		}
	})
}
