package telemetry

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// memberMark stands between the path of an archive and the name of a member in
// Record.Source: logs.zip!/2026/01/dns.log.
const memberMark = "!/"

// members reads the members of one archive.
type members struct {
	*reader
	source         string
	layer          int
	found, skipped int
	limit          *expansion // over all members; nil for a tar, which expands nothing
}

// member reads one member if its name is that of a recording.
func (m *members) member(name string, modified time.Time, in io.Reader) bool {
	source := m.source + memberMark + strings.TrimLeft(name, "/")
	if !isRecording(name) {
		m.skipped++
		m.skip(source)
		return m.live()
	}
	m.found++
	outer := m.modified
	m.modified = modified
	defer func() { m.modified = outer }()
	return m.stream(source, m.limit.reader(in), m.layer+1)
}

// done reports an archive in which there was nothing to read.
func (m *members) done() bool {
	if m.found == 0 && m.live() {
		return m.fail(m.source, fmt.Errorf("archive holds no recording (%d other files); extract and name the files to read others", m.skipped))
	}
	return m.live()
}

// tar reads an archive whose members follow each other.
func (r *reader) tar(source string, in *bufio.Reader, layer int) bool {
	if layer == maxLayers {
		return r.fail(source, errLayers)
	}
	m := &members{reader: r, source: source, layer: layer}
	t := tar.NewReader(in)
	for {
		h, err := t.Next()
		switch {
		case err == io.EOF:
			return m.done()
		case err != nil:
			return r.fail(source, fmt.Errorf("damaged or truncated tar archive behind %d recordings: %w", m.found, err))
		case h.Typeflag != tar.TypeReg:
			continue
		}
		if !m.member(h.Name, h.ModTime, t) {
			return false
		}
	}
}

// zip reads an archive by its directory, which stands at its end. Where that
// cannot be had, in a stream or in a part of an archive, it reads member by
// member.
func (r *reader) zip(source string, in *bufio.Reader, file *os.File, layer int) bool {
	if layer == maxLayers {
		return r.fail(source, errLayers)
	}
	if file == nil {
		return r.zipStream(source, in, layer, nil)
	}
	info, err := file.Stat()
	if err != nil {
		return r.fail(source, cause(err))
	}
	z, err := zip.NewReader(file, info.Size())
	if err != nil {
		return r.zipStream(source, in, layer, fmt.Errorf("damaged or truncated zip archive: %w; what is in front of the damage is read", err))
	}
	m := &members{reader: r, source: source, layer: layer, limit: r.expansion("zip", func() int64 { return info.Size() })}
	for _, f := range z.File {
		if f.FileInfo().IsDir() {
			continue
		}
		if !m.zipMember(f) {
			return false
		}
	}
	return m.done()
}

func (m *members) zipMember(f *zip.File) bool {
	if f.Flags&1 != 0 {
		return m.fail(m.source+memberMark+f.Name, errEncrypted)
	}
	in, err := f.Open()
	if err != nil {
		return m.fail(m.source+memberMark+f.Name, fmt.Errorf("cannot be extracted: %w", err))
	}
	defer in.Close()
	return m.member(f.Name, f.Modified, named{in, "zip"})
}

var errEncrypted = errors.New("is encrypted; extract it first")
