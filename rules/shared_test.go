package rules_test

import (
	"os"
	"path/filepath"
	"testing"
)

// sharedData returns the path of a file of the shared test data, which lies
// beside the repository or where SOCCTL_DATA says. Without it the test is skipped.
func sharedData(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("SOCCTL_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data")
	}
	path := filepath.Join(root, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("shared data absent: %v (set SOCCTL_DATA)", err)
	}
	return path
}
