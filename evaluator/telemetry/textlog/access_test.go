package textlog

import "testing"

// TestAccessEscapes reads what clients send as Apache and nginx write it.
func TestAccessEscapes(t *testing.T) {
	tests := []struct{ written, want string }{
		{`a\"b\\c`, `a"b\c`},                     // Apache
		{`a\x22b\x5Cc`, `a"b\c`},                 // nginx
		{`..\x5c..\x5cwindows`, `..\..\windows`}, // the digits in lower case
		{`\xC3\xA4\xe2\x82\xac`, "ä€"},
		{`\\x41`, `\x41`}, // a backslash that the client sent
		{`\x16\x03\x01`, `\x16\x03\x01`},
		{`\x0a\n\t`, `\x0a\n\t`},
		{`\xE4\x22`, `\xE4"`}, // no UTF-8
		{`\xE2\x82`, `\xE2\x82`},
		{`\x`, `\x`},
		{`\x2`, `\x2`},
		{`\xzz\`, `\xzz\`},
	}
	for _, test := range tests {
		members, err := readAccess(`192.0.2.1 - - [10/Oct/2026:13:55:36 +0200] "GET / HTTP/1.1" 200 1 "-" "` + test.written + `x"`)
		if err != nil {
			t.Fatal(err)
		}
		agent := ""
		for _, m := range members {
			if m.Name == "cs-user-agent" {
				agent = m.Value.Text()
			}
		}
		if agent != test.want+"x" {
			t.Errorf("%s is %q, want %q", test.written, agent, test.want+"x")
		}
	}
}
