//go:build linux

package record

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// smallDisk mounts a file system of some bytes, and returns what changes its size.
func smallDisk(t *testing.T, size string) (dir string, resize func(size string)) {
	t.Helper()
	dir = t.TempDir()
	mount := func(args ...string) error { return exec.Command("mount", args...).Run() }
	if err := mount("-t", "tmpfs", "-o", "size="+size, "none", dir); err != nil {
		t.Skip("no file system can be mounted here:", err)
	}
	t.Cleanup(func() {
		if err := exec.Command("umount", dir).Run(); err != nil {
			t.Error("umount", err)
		}
	})
	return dir, func(size string) {
		if err := mount("-o", "remount,size="+size, dir); err != nil {
			t.Fatal(err)
		}
	}
}

// runChild runs a process that writes to a recording, see child.
func runChild(work ...string) (problems string, err error) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+strings.Join(work, "|"))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// leftovers are files that nobody lists, without what is remembered.
func leftovers(t *testing.T, dir string, m *Manifest) (out []string) {
	t.Helper()
	listed := map[string]bool{ManifestName: true, ".lock": true}
	for _, f := range m.Files {
		listed[f.Path] = true
		if f.Index != nil {
			name, _ := filepath.Rel(dir, indexPath(dir, &f))
			listed[filepath.ToSlash(name)] = true
		}
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		if err == nil && !d.IsDir() && !listed[filepath.ToSlash(name)] && filepath.Base(filepath.Dir(path)) != cacheFolder {
			out = append(out, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// When the disk is full, what was recorded stays as it was, what is half done is
// removed, and the same command succeeds once there is room.
func TestDiskFull(t *testing.T) {
	disk, resize := smallDisk(t, "64m")
	dir := filepath.Join(disk, "rec")
	if out, err := runChild("first", dir); err != nil {
		t.Fatal(out, err)
	}
	before, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	var disc syscall.Statfs_t
	if err := syscall.Statfs(disk, &disc); err != nil {
		t.Fatal(err)
	}
	used := int64(disc.Blocks-disc.Bfree) * disc.Bsize >> 10
	for _, step := range []struct {
		work string
		room []int64 // KiB beside what is used
	}{{"second", []int64{4, 20, 60}}, {"compact", []int64{4, 12}}, {"cache", []int64{0, 4}}} {
		for _, room := range step.room {
			resize(kib(used + room))
			out, err := runChild(step.work, dir)
			if step.work != "cache" && (err == nil || !strings.Contains(out, "no space left on device")) {
				t.Errorf("%s with %d KiB of room: %v %s", step.work, room, err, out)
			}
			if step.work == "cache" && err != nil {
				t.Errorf("a replay fails because nothing can be remembered: %v %s", err, out)
			}
			m, err := ReadManifest(dir)
			if err != nil || m.Rows() != before.Rows() || len(m.Files) != len(before.Files) {
				t.Fatalf("%s with %d KiB of room: %d events instead of %d, %v", step.work, room, m.Rows(), before.Rows(), err)
			}
			if problems, err := Verify(t.Context(), dir); err != nil || len(problems) > 0 {
				t.Errorf("%s with %d KiB of room: %v %v", step.work, room, problems, err)
			}
			if left := leftovers(t, dir, m); len(left) > 0 {
				t.Errorf("%s with %d KiB of room leaves %v", step.work, room, left)
			}
		}
	}
	resize("64m")
	for _, work := range []string{"second", "compact", "cache"} {
		if out, err := runChild(work, dir); err != nil {
			t.Fatal(work, out, err)
		}
	}
	if m, err := ReadManifest(dir); err != nil || m.Rows() != before.Rows()+childRows {
		t.Errorf("%v %v", m, err)
	}
	if problems, err := Verify(t.Context(), dir); err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
}

func kib(n int64) string { return fmt.Sprintf("%dk", n) }
