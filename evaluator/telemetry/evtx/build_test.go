package evtx

import (
	"encoding/binary"
	"hash/crc32"
	"unicode/utf16"
)

// logBuilder writes EVTX files for tests: one chunk, one template per record.
type logBuilder struct {
	chunk   []byte
	records int
	last    int             // offset of the last record
	system  []systemElement // of every event, besides EventID
}

// field is a Data element of an event and the typed value in it.
type field struct {
	name string // "" makes a Data element without a name
	kind byte
	data []byte
}

func newLog() *logBuilder {
	b := &logBuilder{chunk: make([]byte, chunkHeaderSize)}
	copy(b.chunk, chunkMagic)
	return b
}

func (b *logBuilder) u8(v ...byte)  { b.chunk = append(b.chunk, v...) }
func (b *logBuilder) u16(v int)     { b.chunk = binary.LittleEndian.AppendUint16(b.chunk, uint16(v)) }
func (b *logBuilder) u32(v int)     { b.chunk = binary.LittleEndian.AppendUint32(b.chunk, uint32(v)) }
func (b *logBuilder) u64(v uint64)  { b.chunk = binary.LittleEndian.AppendUint64(b.chunk, v) }
func (b *logBuilder) put(at, v int) { binary.LittleEndian.PutUint32(b.chunk[at:], uint32(v)) }
func (b *logBuilder) text(s string) {
	b.u16(len(utf16.Encode([]rune(s))))
	b.chunk = append(b.chunk, wide(s)...)
}
func (b *logBuilder) value(i int)      { b.u8(tokenOptional); b.u16(i); b.u8(0) }
func (b *logBuilder) attribute()       { b.u8(tokenAttribute) }
func (b *logBuilder) literal(s string) { b.u8(tokenText, 1); b.text(s) }

func wide(s string) (out []byte) {
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

// name writes a name in line.
func (b *logBuilder) name(s string) {
	b.u32(len(b.chunk) + 4)
	b.u32(0)
	b.u16(0)
	b.text(s)
	b.u16(0)
}

func (b *logBuilder) open(name string, attrs bool) {
	token := byte(tokenOpen)
	if attrs {
		token |= tokenMore
	}
	b.u8(token)
	b.u16(0xffff)
	b.u32(0)
	b.name(name)
	if attrs {
		b.u32(0)
	}
}

// event appends a record with these fields.
func (b *logBuilder) event(fields ...field) *logBuilder {
	start := len(b.chunk)
	b.records++
	b.last = start
	b.chunk = append(b.chunk, recordMagic...)
	b.u32(0)
	b.u64(uint64(b.records))
	b.u64(0)
	b.u8(tokenFragment, 1, 1, 0, tokenInstance, 1)
	b.u32(0x1234)
	b.u32(len(b.chunk) + 4)
	b.u32(0) // the template: link, GUID, size
	b.u32(0x1234)
	b.u32(0)
	b.u64(0)
	size := len(b.chunk)
	b.u32(0)
	b.template(fields)
	b.put(size, len(b.chunk)-size-4)
	b.values(append([]field{{kind: kindUint16, data: []byte{1, 0}}}, fields...))
	for (len(b.chunk)-start)%8 != 4 {
		b.u8(0)
	}
	b.u32(len(b.chunk) - start + 4)
	b.put(start+4, len(b.chunk)-start)
	return b
}

func (b *logBuilder) template(fields []field) {
	b.u8(tokenFragment, 1, 1, 0)
	b.open("Event", true)
	b.attribute()
	b.name("xmlns")
	b.literal("urn:x")
	b.u8(tokenClose)
	b.open("System", false)
	b.u8(tokenClose)
	b.open("EventID", false)
	b.u8(tokenClose)
	b.value(0)
	b.u8(tokenEndElement)
	for _, e := range b.system {
		b.systemElement(e)
	}
	b.u8(tokenEndElement)
	b.open("EventData", false)
	b.u8(tokenClose)
	for i, f := range fields {
		b.open("Data", f.name != "")
		if f.name != "" {
			b.attribute()
			b.name("Name")
			b.literal(f.name)
		}
		b.u8(tokenClose)
		b.value(i + 1)
		b.u8(tokenEndElement)
	}
	b.u8(tokenEndElement, tokenEndElement, tokenEnd)
}

// systemElement is a constant element of System, with a text or an attribute.
type systemElement struct{ name, attribute, value string }

func (b *logBuilder) systemElement(e systemElement) {
	b.open(e.name, e.attribute != "")
	if e.attribute == "" {
		b.u8(tokenClose)
		b.literal(e.value)
		b.u8(tokenEndElement)
		return
	}
	b.attribute()
	b.name(e.attribute)
	b.literal(e.value)
	b.u8(tokenCloseEmpty)
}

func (b *logBuilder) values(fields []field) {
	b.u32(len(fields))
	for _, f := range fields {
		b.u16(len(f.data))
		b.u8(f.kind, 0)
	}
	for _, f := range fields {
		b.chunk = append(b.chunk, f.data...)
	}
}

// file returns the log: its header and one chunk, with valid checksums.
func (b *logBuilder) file() []byte {
	chunk := make([]byte, chunkSize)
	copy(chunk, b.chunk)
	for at, v := range map[int]int{8: 1, 16: b.records, 24: 1, 32: b.records, 40: 128, 44: b.last, 48: len(b.chunk)} {
		binary.LittleEndian.PutUint32(chunk[at:], uint32(v))
	}
	binary.LittleEndian.PutUint32(chunk[52:], crc32.ChecksumIEEE(b.chunk[chunkHeaderSize:]))
	sum := crc32.Update(crc32.ChecksumIEEE(chunk[:headerFlags]), crc32.IEEETable, chunk[headerSize:chunkHeaderSize])
	binary.LittleEndian.PutUint32(chunk[headerChecksum:], sum)
	head := make([]byte, headerBlock)
	copy(head, fileMagic)
	binary.LittleEndian.PutUint64(head[24:], uint64(b.records+1))
	copy(head[32:], []byte{128, 0, 0, 0, 1, 0, 3, 0, 0, 16, 1, 0})
	sealHeader(head)
	return append(head, chunk...)
}

// sealHeader makes the checksum of a file header right.
func sealHeader(head []byte) {
	binary.LittleEndian.PutUint32(head[headerChecksum:], crc32.ChecksumIEEE(head[:headerFlags]))
}
