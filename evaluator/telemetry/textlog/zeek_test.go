package textlog

import "testing"

// TestZeekEscapes reads strings as Zeek's ASCII writer escapes them: a backslash
// is two, other signs are \x and two digits. Old versions leave backslashes
// alone, which one shows that begins neither.
func TestZeekEscapes(t *testing.T) {
	tests := []struct{ cell, want string }{
		{`\\\\10.0.0.12\\IPC$`, `\\10.0.0.12\IPC$`},
		{`\\\\h\\x41`, `\\h\x41`},
		{`a\\\x09b`, "a\\\tb"},
		{`\x2d`, "-"},
		{`\\10.0.0.12\IPC$`, `\\10.0.0.12\IPC$`},
		{`C:\Users\x`, `C:\Users\x`},
		{`Gr\xc3\xbc\xc3\x9fe`, "Grüße"},
		{`end\`, `end\`},
		{`\x4`, `\x4`},
	}
	for _, test := range tests {
		if got := unescapeZeek(test.cell); got != test.want {
			t.Errorf("%s is %q, want %q", test.cell, got, test.want)
		}
	}
}
