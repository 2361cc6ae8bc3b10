package correlation

import (
	"testing"

	"github.com/socctl/socctl/compiler"
)

// A number is read back as it was saved.
func TestNumberText(t *testing.T) {
	for _, text := range []string{"0", "-0.0", "3", "3.0", "1e21", "-1e22", "5e-324", "1.7976931348623157e308", "9007199254740993", "18446744073709551615", "18446744073709551616"} {
		n, ok := compiler.ParseNumber(text)
		if !ok {
			t.Fatal(text)
		}
		if again, ok := compiler.ParseNumber(numberText(n)); !ok || again != n {
			t.Errorf("%s becomes %s", text, numberText(n))
		}
	}
}
