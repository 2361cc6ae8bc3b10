package evtx

import (
	"encoding/binary"
	"fmt"
	"time"
)

const ticksPerDay = 24 * 60 * 60 * 1e7

// appendFileTime renders a count of 100 ns since 1601 with all its digits.
func (t *texts) appendFileTime(dst []byte, ticks uint64) []byte {
	day, rest := ticks/ticksPerDay, uint32(ticks%ticksPerDay/1e7)
	if day != t.day || t.date == nil {
		const toUnix = 11644473600 // seconds from 1601 to 1970
		t.day = day
		t.date = time.Unix(int64(day)*24*60*60-toUnix, 0).UTC().AppendFormat(t.date[:0], "2006-01-02T")
	}
	dst = append(dst, t.date...)
	dst = append(appendTwo(dst, rest/3600), ':')
	dst = append(appendTwo(dst, rest/60%60), ':')
	dst = append(appendTwo(dst, rest%60), '.')
	fraction := uint32(ticks % 1e7)
	dst = append(dst, '0'+byte(fraction/1e6))
	dst = appendTwo(dst, fraction/1e4%100)
	dst = appendTwo(dst, fraction/100%100)
	dst = appendTwo(dst, fraction%100)
	return append(dst, 'Z')
}

func appendTwo(dst []byte, n uint32) []byte { return append(dst, '0'+byte(n/10), '0'+byte(n%10)) }

// appendSystemTime renders a SYSTEMTIME, which counts milliseconds. Its fields
// are shown as they are, even if they are no date.
func appendSystemTime(dst, b []byte) []byte {
	field := func(i int) uint16 { return binary.LittleEndian.Uint16(b[2*i:]) }
	return fmt.Appendf(dst, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
		field(0), field(1), field(3), field(4), field(5), field(6), field(7))
}
