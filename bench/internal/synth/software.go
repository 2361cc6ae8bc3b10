package synth

import "github.com/socctl/socctl/evaluator"

// product is software that is rolled out over the fleet. Nobody sells it.
type product struct {
	name, company, image string // image with %v for the version
	mark                 string // stands where the version belongs; a word that nothing else contains
	command              string
	file, key            string
}

var products = [...]product{
	{"Harbour Sync", "Harbour Works", `C:\Program Files\Harbour Sync\Qversion0q\harboursync.exe`, "Qversion0q",
		`"C:\Program Files\Harbour Sync\Qversion0q\harboursync.exe" --agent`, `C:\ProgramData\Harbour Sync\state\Qversion0q.db`, `HKLM\SOFTWARE\Harbour Works\Sync\Build`},
	{"Ledger Client", "Ledger House", `C:\Program Files\Ledger Client\Qversion1q\ledger.exe`, "Qversion1q",
		`"C:\Program Files\Ledger Client\Qversion1q\ledger.exe" -profile default`, `C:\ProgramData\Ledger Client\cache\Qversion1q.idx`, `HKLM\SOFTWARE\Ledger House\Client\Build`},
	{"Lantern Agent", "Lantern Systems", `C:\Program Files\Lantern\Qversion2q\lantern.exe`, "Qversion2q",
		`"C:\Program Files\Lantern\Qversion2q\lantern.exe" --service`, `C:\ProgramData\Lantern\queue\Qversion2q.bin`, `HKLM\SOFTWARE\Lantern Systems\Agent\Build`},
}

// release is what a machine says about a product.
type release struct {
	product int
	install []template // once for each version
	daily   []template // as long as it runs
}

const msiexec = `C:\Windows\System32\msiexec.exe`

// makeSoftware makes the events of products, and those of daily jobs.
func (m *maker) makeSoftware() {
	for i := range products {
		p := &products[i]
		r := release{product: i}
		version := text("Details", p.mark)
		r.install = m.quiet(
			made{"1", []evaluator.Member{text("Image", msiexec), text("CommandLine", `C:\Windows\system32\msiexec.exe /V`), text("ParentImage", `C:\Windows\System32\services.exe`), text("OriginalFileName", "msiexec.exe")}},
			made{"11", []evaluator.Member{text("Image", msiexec), text("TargetFilename", p.image)}},
			made{"13", []evaluator.Member{text("Image", msiexec), text("TargetObject", p.key), version}},
			made{"1", p.started(`C:\Windows\System32\services.exe`)},
		)
		r.daily = m.quiet(
			made{"1", p.started(`C:\Windows\explorer.exe`)},
			made{"7", []evaluator.Member{text("Image", p.image), text("ImageLoaded", `C:\Windows\System32\winhttp.dll`), text("Signature", "Microsoft Windows")}},
			made{"11", []evaluator.Member{text("Image", p.image), text("TargetFilename", p.file)}},
			made{"13", []evaluator.Member{text("Image", p.image), text("TargetObject", p.key), version}},
			made{"5", []evaluator.Member{text("Image", p.image)}},
		)
		if len(r.install) > 0 && len(r.daily) > 0 {
			m.library.software = append(m.library.software, r)
		}
	}
	for _, job := range [...]string{"inventory", "defragment", "compliance"} {
		m.library.jobs = append(m.library.jobs, m.quiet(made{"1", []evaluator.Member{text("Image", `C:\Windows\System32\taskhostw.exe`),
			text("CommandLine", "taskhostw.exe /job:"+job), text("ParentImage", `C:\Windows\System32\svchost.exe`),
			text("ParentCommandLine", `C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule`), text("CurrentDirectory", `C:\Windows\system32\`), text("OriginalFileName", "taskhostw.exe")}})...)
	}
}

func (p *product) started(parent string) []evaluator.Member {
	return []evaluator.Member{text("Image", p.image), text("CommandLine", p.command), text("ParentImage", parent), text("ParentCommandLine", parent),
		text("CurrentDirectory", `C:\Windows\system32\`), text("Hashes", p.hashes()), text("Product", p.name), text("Company", p.company), text("Description", p.name), text("FileVersion", p.mark), text("OriginalFileName", "setup.exe")}
}

// hashes are the same for every version: nobody looks for them.
func (p *product) hashes() string {
	h := hashText(p.name)
	part := func(n int) string {
		var out []byte
		for i := 0; len(out) < n; i++ {
			out = appendHex(out, mix(h, uint64(i)), 16, upper)
		}
		return string(out[:n])
	}
	return "MD5=" + part(32) + ",SHA256=" + part(64) + ",IMPHASH=" + part(32)
}

// made is an event of Sysmon with these fields.
type made struct {
	id     string
	fields []evaluator.Member
}

// quiet makes templates of events that no rule matches.
func (m *maker) quiet(events ...made) (out []template) {
	for _, e := range events {
		for i := range m.bases {
			b := &m.bases[i]
			if b.id != e.id || b.role == controller || b.channel != "microsoft-windows-sysmon/operational" {
				continue
			}
			if t, ok := m.template(b, b.with(e.fields, nil)); ok && m.judge.try(&t, workstation, nil) {
				out = append(out, t)
				break
			}
		}
	}
	return out
}
