package evaluator

import (
	"encoding/binary"
	"slices"
)

// planVerdict is what the classes of a plan's loads decide. It is never changed
// once it is made.
type planVerdict struct {
	matches []Match
	stopped []Suppression
	open    bool // the texts of the event have to decide
}

// planVerdict returns what the values of a record decide.
func (s *Records) planVerdict(p *plan, r *Record) (*planVerdict, error) {
	if p.single >= 0 {
		return s.singleVerdict(p, r)
	}
	s.key = binary.LittleEndian.AppendUint32(s.key[:0], p.number)
	s.values = s.values[:0]
	for i := range p.loads {
		l := &p.loads[i]
		class := uint32(0)
		if l.kind != constant {
			var err error
			if class, err = s.load(l, p, r); err != nil {
				return nil, err
			}
			s.key = binary.LittleEndian.AppendUint32(s.key, class)
		}
		s.values = append(s.values, class)
	}
	s.joined = s.joined[:0]
	for i := range p.runs {
		for _, j := range p.runs[i].joins {
			holds := s.join(p, j, r)
			s.joined = append(s.joined, holds)
			s.key = append(s.key, byte(holds))
		}
	}
	return s.keyVerdict(p), nil
}

// keyVerdict returns what the current values decide, by the key of a plan and of them.
func (s *Records) keyVerdict(p *plan) *planVerdict {
	v := s.decided[string(s.key)]
	if v == nil {
		v = s.decidePlan(p)
		s.decided[string(s.key)] = v
	}
	return v
}

// singleVerdict is planVerdict for a plan with a single value that differs.
func (s *Records) singleVerdict(p *plan, r *Record) (*planVerdict, error) {
	class, err := s.load(&p.loads[p.single], p, r)
	if err != nil {
		return nil, err
	}
	if p.wave != s.wave {
		clear(p.verdicts)
		p.wave = s.wave
	}
	if int64(class) < int64(len(p.verdicts)) && p.verdicts[class] != nil {
		return p.verdicts[class], nil
	}
	s.values, s.joined = append(s.values[:0], make([]uint32, len(p.loads))...), s.joined[:0]
	s.values[p.single] = class
	s.key = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(s.key[:0], p.number), class)
	v := s.keyVerdict(p)
	if class < maxDirect {
		p.verdicts = append(p.verdicts, make([]*planVerdict, max(0, int(class)+1-len(p.verdicts)))...)
		p.verdicts[class] = v
	}
	return v, nil
}

// maxDirect is how many classes have their verdicts in the plan.
const maxDirect = 1 << 9

// forgetVerdicts forgets those of all plans.
func (s *Records) forgetVerdicts() {
	clear(s.decided)
	s.wave++
}

// singleOf returns the index of the only load that is not the same in all records of a
// plan; -1 if there are several, or predicates over two fields.
func singleOf(p *plan) int {
	single := -1
	for _, run := range p.runs {
		if len(run.joins) > 0 {
			return -1
		}
	}
	for i := range p.loads {
		switch {
		case p.loads[i].kind == constant:
		case single >= 0:
			return -1
		default:
			single = i
		}
	}
	return single
}

// decidePlan reaches the verdict on the classes of the loads.
func (s *Records) decidePlan(p *plan) *planVerdict {
	out := &planVerdict{}
	s.stopped = s.stopped[:0]
	joined := s.joined
	for _, run := range p.runs {
		s.jury.begin()
		for _, n := range run.loads {
			l, class := &p.loads[n], s.values[n]
			switch {
			case class == absent:
			case l.kind == constant:
				s.jury.hear(run.group, l.field, l.atoms)
			default:
				s.jury.hear(run.group, l.field, s.classes.atoms[class])
			}
		}
		for _, j := range run.joins {
			if joined[0] != unsettled {
				s.jury.tell(j.atom, joined[0] != 0)
			}
			joined = joined[1:]
		}
		v := s.jury.decide(run.group)
		out.open = out.open || len(v.open) > 0
		s.take(v, run.name)
	}
	s.settleSuppressed()
	out.matches, out.stopped = s.matches(), slices.Clone(s.stopped)
	return out
}
