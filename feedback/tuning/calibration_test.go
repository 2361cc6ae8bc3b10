package tuning

import (
	"fmt"
	"testing"
	"time"

	"github.com/socctl/socctl/feedback/calibration"
)

// yearOfBackups are backups on so many hosts and days that a tier can be reached.
func yearOfBackups(n int) []alert {
	out := backups()[80:]
	for i := range n {
		a := started(1000+i, "removable", veeam, "vssadmin delete shadows /for=C:")
		a.Host, a.Day, a.Values["CurrentDirectory"] = fmt.Sprintf("H%d", i%17), 20000+i/17, `D:\Jobs\`
		out = append(out, a)
	}
	return out
}

// TestCalibrationIsSpentOnce tunes again and again over one ledger.
func TestCalibrationIsSpentOnce(t *testing.T) {
	policy := Default()
	var records []calibration.Record
	run := func(name string, alerts []alert, clause string, tier Tier, adds bool) {
		t.Helper()
		in := inputOf(&policy, alerts)
		in.Calibration = calibration.New(records).Rule("r", time.Unix(0, 0))
		found := Tune(policy, in)
		if len(found) != 1 || found[0].Clause.String() != clause || found[0].Tier != tier {
			t.Errorf("%s: %v, want %s with tier %s", name, found, clause, tier)
		}
		if added := in.Calibration.Added(); (len(added) > 0) != adds {
			t.Errorf("%s: %d records are added", name, len(added))
		}
		records = append(records, in.Calibration.Added()...)
	}
	parent := fmt.Sprintf("ParentImage: %q", veeam)
	other := `CurrentDirectory|endswith: "\\Jobs\\"`
	year := yearOfBackups(300)
	run("few alerts are not spent", yearOfBackups(60), parent, B, false)
	run("first", year, parent, A2, true)
	run("the same again", year, parent, A2, false)
	fooled := started(2000, "protected", veeam, "vssadmin delete shadows /for=C:") // an attacker was there
	fooled.Values["CurrentDirectory"] = `C:\Users\eve\`
	both := append(yearOfBackups(300), fooled)
	run("another clause, on alerts that have tested the first", both, other, B, false)
	run("the first is what it was", year, parent, A2, false)
	for i := range 300 { // time goes on
		a := started(3000+i, "removable", veeam, "vssadmin delete shadows /for=D:")
		a.Host, a.Day, a.Values["CurrentDirectory"] = fmt.Sprintf("H%d", i%17), 21000+i/17, `D:\Jobs\`
		both = append(both, a)
	}
	run("another clause, with new alerts", both, other, A2, true)
}

// TestCertificatesGrow tunes one rule again and again while alerts of new days are judged:
// what was tested goes on being tested, so that what is claimed gets no weaker.
func TestCertificatesGrow(t *testing.T) {
	policy := Default()
	var records []calibration.Record
	bound, tier := 1.0, B
	for n := 160; n <= 2000; n += 160 {
		alerts := yearOfBackups(n)
		for i := range alerts {
			alerts[i].Source = fmt.Sprintf("host.ndjson, day %d", alerts[i].Day)
		}
		in := inputOf(&policy, alerts)
		in.Calibration = calibration.New(records).Rule("r", time.Unix(0, 0))
		known := in.Known()
		in.Trials = Trials(&policy, in.Corpus, known, in.Removable, in.Protected, "r", in.Calibration)
		found := Tune(policy, in)
		if len(found) != 1 {
			t.Fatalf("%d alerts: %v", n, found)
		}
		now := Bound(found[0].Tested.Clusters, found[0].Delta)
		if now > bound || found[0].Tier.Share() > tier.Share() {
			t.Errorf("%d alerts: tier %s with at most %.3f, it was %s with %.3f", n, found[0].Tier, now, tier, bound)
		}
		bound, tier = now, found[0].Tier
		records = append(records, in.Calibration.Added()...)
	}
	if tier != A1 {
		t.Errorf("tier %s in the end", tier)
	}
}
