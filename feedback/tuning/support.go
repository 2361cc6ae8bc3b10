package tuning

import "strconv"

func dayText(day int) string {
	if day == 0 {
		return ""
	}
	return strconv.Itoa(day)
}

// Support is what a set of events stands for.
type Support struct {
	Alerts   int // distinct events
	Causes   int // that differ in more than numbers and users
	Clusters int // causes, each counted once a host and day
	Sources  int
	Hosts    int // known ones, at least 1
	Days     int // known ones, at least 1
}

// Support counts what a set of events stands for.
func (c *Corpus) Support(rows Rows) Support {
	var out Support
	causes, clusters := map[int32]bool{}, map[[3]int32]bool{}
	var seen [contexts]map[int32]bool
	for i := range seen {
		seen[i] = map[int32]bool{}
	}
	rows.Each(func(row int) {
		out.Alerts++
		causes[c.cause[row]] = true
		clusters[[3]int32{c.cause[row], c.context[hostContext][row], c.context[dayContext][row]}] = true
		for i := range seen {
			seen[i][c.context[i][row]] = true
		}
	})
	out.Causes, out.Clusters, out.Sources, out.Hosts, out.Days = len(causes), len(clusters), len(seen[sourceContext]), len(seen[hostContext]), len(seen[dayContext])
	return out
}
