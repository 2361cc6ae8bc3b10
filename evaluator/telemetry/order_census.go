package telemetry

// orderCensus counts in how many orders the records of unordered shapes were met.
type orderCensus struct{ met []uint8 }

// manyOrders is in how many orders a source writes the same members if it has no
// order.
const manyOrders = 32

// disordered counts another order of a shape, and reports whether the next record
// may be expected to come in yet another one, so that it is in vain to remember it.
func (o *orderCensus) disordered(shape int) bool {
	if shape < 0 {
		return false
	}
	for shape >= len(o.met) {
		o.met = append(o.met, 0)
	}
	if o.met[shape] < manyOrders {
		o.met[shape]++
	}
	return o.met[shape] == manyOrders
}
