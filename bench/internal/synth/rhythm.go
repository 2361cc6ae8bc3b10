package synth

// Who works when. A class is a role, or of people a role and a shift; all of one
// class keep the same hours.
const (
	shifts     = 4 // early, day, late, night
	peopleTo   = 2 * shifts
	serverTo   = peopleTo
	domainAt   = peopleTo + 1
	cloudAt    = peopleTo + 2
	classes    = peopleTo + 3
	minutesDay = 24 * 60
)

var shiftBegin = [shifts]int{6, 8, 12, 21}

func classOf(r role, shift int) int {
	switch r {
	case workstation, developer:
		return int(r)*shifts + shift
	case server:
		return serverTo
	case controller:
		return domainAt
	}
	return cloudAt
}

// weight is how much one of a class does in a minute of the week that begins on
// Monday at midnight, in thousandths of what somebody at work does. Whole numbers:
// rounding must not depend on the machine.
func weight(class, minute int) uint64 {
	hour, weekend := minute/60%24, minute/minutesDay%7 >= 5
	switch class {
	case serverTo:
		if hour == 2 {
			return 1600 // backups
		}
		return 600
	case domainAt:
		if !weekend && hour >= 6 && hour < 18 {
			return 1500
		}
		return 500
	case cloudAt:
		if !weekend && hour >= 8 && hour < 18 {
			return 2000
		}
		return 300
	}
	begin := shiftBegin[class%shifts]
	since := (hour - begin + 24) % 24
	idle := uint64(25) // a machine that was left on
	switch {
	case weekend && class%shifts == shifts-1 && since < 9:
		return 400 // somebody has to be there
	case weekend:
		return idle / 2
	case since == 0:
		return 1300 // logging on
	case since == 4:
		return 500 // lunch
	case since < 9:
		return 1000
	}
	return idle
}
