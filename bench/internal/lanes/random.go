package lanes

import "strings"

// defeated is telemetry of Sysmon in which no value of interest occurs twice,
// with lists among the values: whatever an engine remembers, it is no help.
func defeated(d dice) func(*record) {
	kinds := []func(*record){
		func(r *record) { // process_creation
			r.text("Image", d.path("exe"))
			r.text("CommandLine", d.path("exe")+" --"+d.word(8)+" "+d.path("dat")+" /"+d.word(6)+":"+d.hex(12))
			r.text("ParentImage", d.path("exe"))
			r.text("ParentCommandLine", d.path("exe")+" -"+d.word(4))
			r.text("OriginalFileName", d.word(9)+".exe")
			r.text("Hashes", "MD5="+strings.ToUpper(d.hex(32))+",SHA256="+strings.ToUpper(d.hex(64))+",IMPHASH="+strings.ToUpper(d.hex(32)))
		},
		func(r *record) { // network_connection
			r.text("Image", d.path("exe"))
			r.list("DestinationIp", d.private(), d.private(), d.private())
			r.text("DestinationHostname", d.word(11)+".example.org")
			r.number("DestinationPort", 1+d.IntN(65535))
			r.text("SourceIp", d.private())
		},
		func(r *record) { // image_load
			r.text("Image", d.path("exe"))
			r.text("ImageLoaded", d.path("dll"))
			r.list("Signature", d.word(14), d.word(9))
			r.text("Hashes", "SHA256="+strings.ToUpper(d.hex(64)))
		},
		func(r *record) { // file_event
			r.text("Image", d.path("exe"))
			r.text("TargetFilename", d.path(d.word(3)))
		},
		func(r *record) { // registry_set
			r.text("Image", d.path("exe"))
			r.text("TargetObject", `HKLM\SOFTWARE\`+d.word(9)+`\`+d.word(13)+`\`+d.word(7))
			r.list("Details", d.word(18), d.word(12))
			r.text("EventType", "SetValue")
		},
	}
	ids := []int{1, 3, 7, 11, 13}
	return func(r *record) {
		kind := d.IntN(len(kinds))
		r.number("EventID", ids[kind])
		r.text("Channel", "Microsoft-Windows-Sysmon/Operational")
		r.text("Provider_Name", "Microsoft-Windows-Sysmon")
		r.text("Computer", d.word(10))
		r.text("User", "EXAMPLE\\"+d.word(8))
		r.text("ProcessGuid", "{"+d.guid()+"}")
		r.text("UtcTime", d.moment())
		r.list("Tags", d.word(6), d.word(6))
		kinds[kind](r)
	}
}

// path returns a path of Windows below a folder that exists nowhere.
func (d dice) path(extension string) string {
	return `C:\` + d.word(7) + `\` + d.word(10) + `\` + d.word(12) + "." + extension
}
