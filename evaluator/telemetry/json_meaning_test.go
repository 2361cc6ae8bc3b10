package telemetry_test

import "testing"

// What docs/telemetry.md and D7 and D14 of docs/conformance.md say of JSON holds of a
// line as it stands, of its value, and by the reference.
func TestMeaningOfJSON(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, detection, record string
		match                   bool
	}{
		{"an integer is exact", "{f: 9007199254740993}", `{"f":9007199254740992}`, false},
		{"a fraction of zero is the integer", "{f: 9007199254740992}", `{"f":9007199254740992.0}`, true},
		{"which compares exactly", "{f: 9007199254740993}", `{"f":9007199254740992.0}`, false},
		{"of the double that is nearest", "{f: 9007199254740992}", `{"f":9007199254740993.0}`, true},
		{"and not of what is written", "{f: 9007199254740993}", `{"f":9007199254740993.0}`, false},
		{"a string compares as double", "{f: 9007199254740993}", `{"f":"9007199254740992.0"}`, true},
		{"so does a fraction in the rule", "{f: 9007199254740992.0}", `{"f":9007199254740993}`, true},
		{"canonical as text", "{f: '1'}", `{"f":1.00}`, true},
		{"and not as written", "{f: '1.00'}", `{"f":1.00}`, false},
		{"without an exponent", "{f: '1000'}", `{"f":1e3}`, true},
		{"canonical in an object", `{f: '{"a":1,"b":[1000,0.5]}'}`, `{"f":{"a":1.00, "b":[1e3,5e-1]}}`, true},
		{"digits of an integer in an object", `{f|contains: '98765432109876543210'}`, `{"f":{"a":98765432109876543210}}`, true},
		{"escapes in an object", `{f: '{"a":"é/"}'}`, `{"f":{"a":"\u00e9\/"}}`, true},
		{"the last of a name", "{f: last}", `{"f":"first","f":"last"}`, true},
		{"and not the first", "{f: first}", `{"f":"first","f":"last"}`, false},
		{"the last of a name within", "{f.g: last}", `{"f":{"g":"first","g":"last"}}`, true},
		{"keywords see the last", "[last]", `{"f":"first","f":"last"}`, true},
		{"keywords see the first", "[first]", `{"f":"first","f":"last"}`, true},
		{"text of an object has both", `{f: '{"g":"first","g":"last"}'}`, `{"f":{"g":"first","g":"last"}}`, true},
		{"a lone surrogate", "{f: 'x\ufffdy'}", `{"f":"x\ud800y"}`, true},
		{"two in the wrong order", "{f: '\ufffd\ufffd'}", `{"f":"\udc00\ud800"}`, true},
		{"a byte that is no UTF-8", "{f: 'x\ufffd\ufffdy'}", "{\"f\":\"x\xff\xfey\"}", true},
		{"in a name", "{'f\ufffd': x}", "{\"f\xff\":\"x\"}", true},
		{"keywords not in a stated logsource", "[acme]", `{"logsource":{"product":"acme"},"f":"x"}`, false},
		{"nor with an underscore", "[acme]", `{"_logsource":{"product":"acme"},"f":"x"}`, false},
		{"nor fields", "{logsource.product: acme}", `{"logsource":{"product":"acme"},"f":"x"}`, false},
		{"but in one that states none", "[acme]", `{"logsource":{"name":"acme"},"f":"x"}`, true},
		{"or is text", "[acme]", `{"logsource":"acme","f":"x"}`, true},
		{"and in names of their own", "[acme]", `{"product":"acme","service":"x"}`, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := newJudges(t, test.detection).check(t, test.record); got != test.match {
				t.Errorf("%s on %s: match %v", test.detection, test.record, got)
			}
		})
	}
}
