package synth

// slotKind says what belongs at a spot of a template.
type slotKind uint8

const (
	timeSlot slotKind = iota
	hostSlot
	fqdnSlot
	domainSlot
	dnsSlot
	userSlot
	ownerSlot // the user of the machine
	sidSlot
	ownerSIDSlot
	domainSIDSlot // all but its last number
	ridSlot       // of somebody who has no name in the recording
	addressSlot
	recordSlot
	processSlot
	hexProcessSlot
	portSlot
	logonSlot
	processKeySlot // GUID of Sysmon: its beginning is the machine's
	keySlot
	onceSlot
	accountSlot
	versionSlot
	numberSlot    // as many decimal digits as ord says
	hexNumberSlot // as many hexadecimal ones
)

// slot is a spot of a template.
type slot struct {
	at    uint32 // in the text of the template
	kind  slotKind
	style style
	role  role  // of the recorded machine
	ord   int16 // of the recorded machine, user or account; anchored for the event's own machine
	// Of a time.
	separator, fraction byte
	resolution          int64
	// The distance from the event's time, or what stood there: a number, or its hash.
	value uint64
}

// anchored is the machine that acts.
const anchored = int16(-1)

// template is a line cut at its slots, without the line's end.
type template struct {
	text       []byte // all pieces, one behind the other
	slots      []slot
	resolution int64   // of the time that orders the event
	host       slot    // the machine that the event is of: its ord and role
	rules      []int32 // that match it
}
