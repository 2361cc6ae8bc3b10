package lanes

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Input is a lane on disk.
type Input struct {
	Lane   Lane
	Paths  []string
	Events int // 0 for event logs, whose events are counted by who reads them
	Bytes  int64
}

// Prepare returns the input of a lane with at most n events, or as many times n as it
// has Times. What has to be generated or decompressed is kept in work, and found there the next time.
// ErrNoData is returned for recordings if there is no folder of data.
func Prepare(l Lane, data, work string, n int) (Input, error) {
	if l.generate == nil && data == "" {
		return Input{}, ErrNoData
	}
	if l.EVTX() {
		return eventLogInput(l, data)
	}
	n *= max(1, l.Times)
	path := filepath.Join(work, fmt.Sprintf("%s-s%d-v%d-%d.ndjson", l.Name, l.Seed, GeneratorVersion, n))
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(path, func(w io.Writer) error { return l.fill(w, source(data), n) }); err != nil {
			return Input{}, err
		}
	}
	return measure(l, path)
}

// ErrNoData means that a lane needs recordings that are not there.
var ErrNoData = errors.New("no folder of recordings: name it with -data")

func (l Lane) fill(w io.Writer, data source, n int) error {
	if l.generate != nil {
		return l.Write(w, n)
	}
	return l.record(data, w, n)
}

// create writes a file completely or not at all.
func create(path string, fill func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	err = errors.Join(fill(f), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}

func measure(l Lane, path string) (Input, error) {
	f, err := os.Open(path)
	if err != nil {
		return Input{}, err
	}
	defer f.Close()
	in := Input{Lane: l, Paths: []string{path}}
	err = lines(f, func(line []byte) error {
		in.Events++
		in.Bytes += int64(len(line))
		return nil
	})
	return in, err
}

// lines calls each for every line, with its end.
func lines(r io.Reader, each func([]byte) error) error {
	in := bufio.NewReaderSize(r, 1<<20)
	var long []byte
	for {
		part, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, part...)
			continue
		}
		line := part
		if len(long) > 0 {
			line, long = append(long, part...), long[:0]
		}
		if len(line) > 0 {
			if err := each(line); err != nil {
				return err
			}
		}
		if err != nil {
			return eof(err)
		}
	}
}

func eof(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// source is the folder of data.
type source string

// windowsRecordings writes n recorded events, or all that there are: of every
// recording the same share, in blocks of consecutive events, so that values
// repeat as they do in life. Nothing is written twice.
func windowsRecordings(data source, w io.Writer, n int) error {
	files, err := filepath.Glob(filepath.Join(string(data), "windows-json", "*.ndjson.zst"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no recordings windows-json/*.ndjson.zst below %s", data)
	}
	slices.Sort(files)
	total := 0
	for _, file := range files {
		if err := decompress(file, func([]byte) error { total++; return nil }); err != nil {
			return err
		}
	}
	out := bufio.NewWriterSize(w, 1<<20)
	const block = 250
	seen, written := 0, 0
	for _, file := range files {
		err := decompress(file, func(line []byte) error {
			at := seen / block
			seen++
			if n < total && written >= share(at, n, total, block) {
				return nil
			}
			written++
			_, err := out.Write(line)
			return err
		})
		if err != nil {
			return err
		}
	}
	return out.Flush()
}

// share returns how many of n events may be written up to the end of a block,
// in whole blocks but for the last.
func share(at, n, total, block int) int {
	due := (at + 1) * block * n / total
	return min(n, (due+block-1)/block*block)
}

func decompress(file string, each func([]byte) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return err
	}
	defer z.Close()
	return lines(z, func(line []byte) error {
		if line[len(line)-1] != '\n' {
			line = append(line, '\n')
		}
		if len(line) == 1 {
			return nil
		}
		return each(line)
	})
}

// eventLogs are the folders of event logs that readers survive: those that
// were damaged on purpose are left out.
var eventLogs = []string{"evtx/EVTX-ATTACK-SAMPLES", "evtx/EVTX-to-MITRE-Attack", "evtx/DeepBlueCLI", "evtx/parser-corpus", "sigma/regression_data"}

func eventLogInput(l Lane, data string) (Input, error) {
	in := Input{Lane: l}
	for _, folder := range l.folders {
		err := filepath.WalkDir(filepath.Join(data, filepath.FromSlash(folder)), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !strings.EqualFold(filepath.Ext(path), ".evtx") {
				return err
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			in.Paths = append(in.Paths, path)
			in.Bytes += info.Size()
			return nil
		})
		if err != nil {
			return in, err
		}
	}
	return in, nil
}
