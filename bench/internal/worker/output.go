package worker

import (
	"io"
	"os"
	"time"
)

const (
	outputPart  = 64 << 20  // of a file that is written again and again
	outputWrite = 256 << 10 // at a time
)

// Output measures what it takes to write what is in a file over another one beside it,
// which is removed. Report.Bytes says how much was written.
func Output(job Job) (*Report, error) {
	from, err := os.Open(job.Paths[0])
	if err != nil {
		return nil, err
	}
	defer from.Close()
	data, err := io.ReadAll(io.LimitReader(from, outputPart))
	if err != nil {
		return nil, err
	}
	to, err := os.Create(job.Paths[0] + "-again")
	if err != nil {
		return nil, err
	}
	defer os.Remove(to.Name())
	defer to.Close()
	if _, err := writeParts(to, data); err != nil {
		return nil, err
	}
	r := &Report{}
	watch := Start()
	for begin := time.Now(); time.Since(begin) < least; {
		if _, err := to.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		n, err := writeParts(to, data)
		if r.Bytes += int64(n); err != nil {
			return nil, err
		}
	}
	watch.Stop(r)
	return r, nil
}

func writeParts(to io.Writer, data []byte) (written int, err error) {
	for len(data) > 0 && err == nil {
		var n int
		n, err = to.Write(data[:min(len(data), outputWrite)])
		written, data = written+n, data[n:]
	}
	return written, err
}
