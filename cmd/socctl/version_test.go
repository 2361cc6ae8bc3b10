package main

import (
	"runtime/debug"
	"testing"
)

// What the release states wins over what the toolchain recorded; without either
// the version says that it is no release.
func TestBuildOf(t *testing.T) {
	recorded := &debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.time", Value: "2026-01-02T03:04:05Z"}, {Key: "vcs.modified", Value: "true"}}}
	if b := buildOf(recorded); b.Version != "v1.2.3" || b.Commit != "abc" || b.Date != "2026-01-02T03:04:05Z" || !b.Modified {
		t.Errorf("of the toolchain: %+v", b)
	}
	if b := buildOf(nil); b.Version != "(devel)" || b.Commit != "" {
		t.Errorf("of nothing: %+v", b)
	}
	releaseVersion, releaseCommit = "2.0.0", "def"
	t.Cleanup(func() { releaseVersion, releaseCommit = "", "" })
	if b := buildOf(recorded); b.Version != "2.0.0" || b.Commit != "def" || b.Date != "2026-01-02T03:04:05Z" {
		t.Errorf("of the release: %+v", b)
	}
}
