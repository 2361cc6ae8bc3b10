package record

import (
	"os"
	"strings"
	"testing"
)

// A long text takes the room of its compressed form, and stands nowhere else.
func TestLongTextOnce(t *testing.T) {
	t.Parallel()
	_, path := oneFile(t, `{"Channel":"Security","EventID":4688,"text":"`+strings.Repeat("x", 1<<20)+`"}`)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 1<<16 {
		t.Errorf("one letter a million times takes %d bytes", info.Size())
	}
}
