package synth

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Statistics tell how often values repeat. The cost of evaluating rules follows
// distinct values, so a fleet should repeat itself about as recordings do.
type Statistics struct {
	Events int64
	Fields []FieldStatistics // most values first
}

// FieldStatistics are those of one field.
type FieldStatistics struct {
	Name     string
	Values   int64
	Distinct int64
	AtLeast  bool // there were too many distinct values to count all

	seen map[uint64]struct{}
}

// majorFields are those that rules look at most, and a few that are different in
// every event.
var majorFields = []string{"EventID", "Channel", "Hostname", "Image", "CommandLine", "ParentImage", "ParentCommandLine", "OriginalFileName", "User",
	"TargetObject", "Details", "TargetFilename", "ImageLoaded", "Hashes", "SourceImage", "TargetImage", "GrantedAccess", "CallTrace", "PipeName",
	"DestinationIp", "DestinationHostname", "QueryName", "ScriptBlockText", "SubjectUserName", "TargetUserName", "ObjectName", "ServiceName",
	"IpAddress", "Message", "ProcessGuid", "ProcessId", "UtcTime", "RecordNumber", "eventName", "userAgent"}

// maxDistinct bounds what is remembered of a field: 40 MB or so.
const maxDistinct = 1 << 20

// Repeats reads NDJSON, compressed or not.
func Repeats(ctx context.Context, path string) (*Statistics, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(path, ".zst") {
		z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		defer z.Close()
		in = z
	}
	s := &Statistics{}
	fields := map[string]*FieldStatistics{}
	for _, name := range majorFields {
		fields[name] = &FieldStatistics{Name: name, seen: map[uint64]struct{}{}}
	}
	lines := bufio.NewReaderSize(in, 1<<20)
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			break
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		s.Events++
		count(line, fields)
		if s.Events%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	for _, f := range fields {
		if f.Values > 0 {
			s.Fields = append(s.Fields, *f)
		}
	}
	slices.SortFunc(s.Fields, func(a, b FieldStatistics) int {
		return cmp.Or(cmp.Compare(b.Values, a.Values), cmp.Compare(a.Name, b.Name))
	})
	return s, nil
}

func count(line []byte, fields map[string]*FieldStatistics) {
	leaves(line, func(l leaf) {
		f := fields[string(l.name)]
		if f == nil {
			return
		}
		f.Values++
		h := hashText(line[l.begin:l.end])
		if _, ok := f.seen[h]; ok {
			return
		}
		if len(f.seen) == maxDistinct {
			f.AtLeast = true
			return
		}
		f.seen[h] = struct{}{}
		f.Distinct++
	})
}
