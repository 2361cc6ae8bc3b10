package lanes

import (
	"fmt"
	"strings"
	"time"
)

// A machine of the synthetic fleet: who works at it when, and with what.
type machine struct {
	name, user, address string
	shift               int // hour at which work begins
	server              bool
	programs            []software
	record              int
}

// software is a program that people or services run every day.
type software struct {
	image, product, company string
	arguments               []string
	files, keys, hosts      []string
	loads                   []string
}

var office = software{`C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE`, "Microsoft Office", "Microsoft Corporation",
	[]string{`/n "C:\Users\%u\Documents\Report %n.docx"`, `/Automation -Embedding`, `/n "\\files\team\Plan %n.docx"`},
	[]string{`C:\Users\%u\AppData\Local\Temp\~WRD%n.tmp`, `C:\Users\%u\Documents\~$port %n.docx`},
	[]string{`HKU\S-1-5-21-1004336348-1177238915-682003330-%n\SOFTWARE\Microsoft\Office\16.0\Word\Reading Locations\Document %n\Datetime`},
	[]string{"roaming.officeapps.live.com", "nexus.officeapps.live.com"},
	[]string{`C:\Program Files\Microsoft Office\root\Office16\WWLIB.DLL`, `C:\Windows\System32\propsys.dll`}}

var browser = software{`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`, "Microsoft Edge", "Microsoft Corporation",
	[]string{`--type=renderer --lang=en-GB --renderer-client-id=%n --mojo-platform-channel-handle=%n /prefetch:1`, `--type=utility --utility-sub-type=network.mojom.NetworkService --mojo-platform-channel-handle=%n /prefetch:8`},
	[]string{`C:\Users\%u\AppData\Local\Microsoft\Edge\User Data\Default\Cache\Cache_Data\f_%n`, `C:\Users\%u\Downloads\document (%n).pdf`},
	[]string{`HKU\S-1-5-21-1004336348-1177238915-682003330-%n\SOFTWARE\Microsoft\Edge\BrowserExitCodes\%n`},
	[]string{"edge.microsoft.com", "intranet.example.org", "news.example.net", "cdn%n.example.net"},
	[]string{`C:\Program Files (x86)\Microsoft\Edge\Application\122.0.2365.66\msedge.dll`, `C:\Windows\System32\dxgi.dll`}}

var services = software{`C:\Windows\System32\svchost.exe`, "Microsoft® Windows® Operating System", "Microsoft Corporation",
	[]string{`-k netsvcs -p -s Schedule`, `-k LocalService -p -s nsi`, `-k NetworkService -p -s Dnscache`, `-k wsappx -p -s AppXSvc`, `-k netsvcs -p -s BITS`},
	[]string{`C:\Windows\Prefetch\MSEDGE.EXE-%n.pf`, `C:\Windows\ServiceState\EventLog\Data\lastalive%n.dat`},
	[]string{`HKLM\System\CurrentControlSet\Services\bam\State\UserSettings\S-1-5-21-1004336348-1177238915-682003330-%n`, `HKLM\System\CurrentControlSet\Services\W32Time\Config\LastKnownGoodTime`},
	[]string{"time.windows.com", "settings-win.data.microsoft.com", "dc%n.example.org"},
	[]string{`C:\Windows\System32\schedsvc.dll`, `C:\Windows\System32\taskschd.dll`, `C:\Windows\System32\ntdll.dll`}}

var agent = software{`C:\Program Files\Vendor\Backup\agent.exe`, "Vendor Backup", "Vendor GmbH",
	[]string{`--service --config "C:\ProgramData\Vendor\Backup\agent.json"`, `--job %n --quiet`},
	[]string{`C:\ProgramData\Vendor\Backup\queue\%n.chunk`, `C:\ProgramData\Vendor\Backup\log\%n.log`},
	[]string{`HKLM\SOFTWARE\Vendor\Backup\Jobs\%n\LastRun`},
	[]string{"backup.example.org"},
	[]string{`C:\Program Files\Vendor\Backup\engine.dll`, `C:\Windows\System32\vssapi.dll`}}

var shell = software{`C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`, "Microsoft® Windows® Operating System", "Microsoft Corporation",
	[]string{`-NoProfile -File C:\Scripts\inventory.ps1 -Host SRV%n`, `-NoLogo -File "C:\Scripts\rotate logs.ps1"`},
	[]string{`C:\Scripts\out\inventory-%n.csv`},
	[]string{`HKLM\SOFTWARE\Example\Inventory\Host%n`},
	[]string{"wsus.example.org"},
	[]string{`C:\Windows\assembly\NativeImages_v4.0.30319_64\mscorlib\%n\mscorlib.ni.dll`}}

// fleet is a working week of some hundred machines: people in shifts, servers
// around the clock, and now and then somebody whose command is worth a look.
func fleet(d dice) func(*record) {
	machines := make([]machine, 400)
	for i := range machines {
		machines[i] = newMachine(d, i)
	}
	now := start
	return func(r *record) {
		now = now.Add(time.Duration(d.IntN(40)) * time.Millisecond)
		m := &machines[d.IntN(len(machines))]
		for tries := 0; tries < 8 && !m.active(now); tries++ {
			m = &machines[d.IntN(len(machines))]
		}
		m.record++
		m.event(d, r, now)
	}
}

func newMachine(d dice, i int) machine {
	m := machine{name: fmt.Sprintf("WKS%04d.example.org", i), user: d.pick([]string{"a", "b", "c", "d", "e"}) + "." + d.word(7), address: d.private(), shift: 6 + 2*d.IntN(3), record: d.IntN(1 << 20)}
	m.programs = []software{office, browser, browser, services, agent}
	if i%8 == 0 {
		m.name, m.server, m.user = fmt.Sprintf("SRV%03d.example.org", i/8), true, "svc-"+d.word(5)
		m.programs = []software{services, services, agent, shell}
	}
	return m
}

func (m *machine) active(now time.Time) bool {
	since := (now.Hour() - m.shift + 24) % 24
	return m.server || since < 9 && now.Weekday() != time.Saturday && now.Weekday() != time.Sunday
}

// fill puts names and numbers into a template of software. Numbers repeat, as
// those of jobs and documents do.
func (m *machine) fill(d dice, template string) string {
	template = strings.ReplaceAll(template, "%u", m.user)
	if strings.Contains(template, "%n") {
		template = strings.ReplaceAll(template, "%n", itoa(1000+min(d.IntN(4000), d.IntN(4000))))
	}
	return template
}

// event writes one event of the machine, distributed as Sysmon's of a workday.
func (m *machine) event(d dice, r *record, now time.Time) {
	s := m.programs[d.IntN(len(m.programs))]
	kind := d.IntN(100)
	switch {
	case kind < 14:
		m.created(d, r, now, s)
	case kind < 26:
		m.head(d, r, now, 3, s)
		r.text("Protocol", "tcp")
		r.text("Initiated", "true")
		r.text("SourceIp", m.address)
		r.number("SourcePort", 49152+d.IntN(16000))
		r.text("DestinationIp", fmt.Sprintf("198.51.100.%d", 1+d.IntN(60)))
		r.text("DestinationHostname", m.fill(d, d.pick(s.hosts)))
		r.number("DestinationPort", []int{443, 443, 443, 80, 445, 389}[d.IntN(6)])
	case kind < 36:
		m.head(d, r, now, 5, s)
	case kind < 52:
		m.head(d, r, now, 7, s)
		r.text("ImageLoaded", m.fill(d, d.pick(s.loads)))
		r.text("Hashes", hashes(d.pick(s.loads)))
		r.text("Signed", "true")
		r.text("Signature", s.company)
		r.text("SignatureStatus", "Valid")
	case kind < 64:
		m.accessed(d, r, now, s)
	case kind < 78:
		m.head(d, r, now, 11, s)
		r.text("TargetFilename", m.fill(d, d.pick(s.files)))
		r.text("CreationUtcTime", now.Format(sysmonTime))
	case kind < 90:
		m.head(d, r, now, 13, s)
		r.text("EventType", "SetValue")
		r.text("TargetObject", m.fill(d, d.pick(s.keys)))
		r.text("Details", fmt.Sprintf("DWORD (0x%08x)", d.IntN(64)))
	case kind < 95:
		m.head(d, r, now, 22, s)
		r.text("QueryName", m.fill(d, d.pick(s.hosts)))
		r.text("QueryStatus", "0")
		r.text("QueryResults", fmt.Sprintf("::ffff:198.51.100.%d;", 1+d.IntN(60)))
	default:
		m.logon(d, r, now)
	}
}

// head writes what all events of Sysmon have.
func (m *machine) head(d dice, r *record, now time.Time, id int, s software) {
	r.text("Channel", "Microsoft-Windows-Sysmon/Operational")
	r.text("Provider_Name", "Microsoft-Windows-Sysmon")
	r.number("EventID", id)
	r.number("EventRecordID", m.record)
	r.text("Computer", m.name)
	r.text("UtcTime", now.Format(sysmonTime))
	r.text("ProcessGuid", "{"+d.guid()+"}")
	r.number("ProcessId", d.pid())
	if id != 10 {
		r.text("Image", s.image)
		r.text("User", `EXAMPLE\`+m.user)
	}
}

func (m *machine) created(d dice, r *record, now time.Time, s software) {
	m.head(d, r, now, 1, s)
	command := `"` + s.image + `" ` + m.fill(d, d.pick(s.arguments))
	if d.IntN(2000) == 0 {
		command = d.pick(loudCommands)
	}
	r.text("CommandLine", command)
	r.text("CurrentDirectory", `C:\Windows\system32\`)
	r.text("OriginalFileName", baseName(s.image))
	r.text("Product", s.product)
	r.text("Company", s.company)
	r.text("IntegrityLevel", d.pick([]string{"Medium", "Medium", "Low", "System"}))
	r.text("Hashes", hashes(s.image))
	r.text("ParentImage", d.pick(parents[:3]))
	r.text("ParentCommandLine", d.pick(parents[:3]))
	r.text("LogonId", "0x"+d.hex(5))
}

func (m *machine) accessed(d dice, r *record, now time.Time, s software) {
	m.head(d, r, now, 10, s)
	r.text("SourceImage", s.image)
	r.text("TargetImage", m.programs[d.IntN(len(m.programs))].image)
	r.text("GrantedAccess", d.pick([]string{"0x1000", "0x1400", "0x100000", "0x3000"}))
	r.text("CallTrace", fmt.Sprintf(`C:\Windows\SYSTEM32\ntdll.dll+9d4e4|C:\Windows\System32\KERNELBASE.dll+2c%03x|%s+1f%02x`, d.IntN(24), d.pick(s.loads), d.IntN(12)))
	r.text("SourceUser", `EXAMPLE\`+m.user)
}

func (m *machine) logon(d dice, r *record, now time.Time) {
	r.text("Channel", "Security")
	r.text("Provider_Name", "Microsoft-Windows-Security-Auditing")
	r.number("EventID", []int{4624, 4634, 4672}[d.IntN(3)])
	r.number("EventRecordID", m.record)
	r.text("Computer", m.name)
	r.text("TimeCreated", now.Format(time.RFC3339Nano))
	r.text("SubjectUserName", m.name+"$")
	r.text("TargetUserName", m.user)
	r.text("TargetDomainName", "EXAMPLE")
	r.text("LogonType", d.pick([]string{"2", "3", "3", "5", "7"}))
	r.text("LogonProcessName", "Kerberos")
	r.text("IpAddress", m.address)
	r.text("TargetLogonId", "0x"+d.hex(6))
}

// hashes are those of a file: the same for the same path.
func hashes(path string) string {
	n := uint64(14695981039346656037)
	for i := range len(path) {
		n = (n ^ uint64(path[i])) * 1099511628211
	}
	of := newDice(n)
	return strings.ToUpper("MD5=" + of.hex(32) + ",SHA256=" + of.hex(64) + ",IMPHASH=" + of.hex(32))
}
