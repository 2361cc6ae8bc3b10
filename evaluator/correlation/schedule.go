package correlation

import (
	"container/heap"
	"math"
)

// schedule knows which nodes have something to do at which watermark, so that a
// match costs only those that it concerns.
type schedule struct {
	due   dueHeap  // may hold a node more than once, and too early, but never too late
	ready nodeHeap // nodes to advance now, inputs before those that refer to them
}

// wake notes when the node has something to do next.
func (s *schedule) wake(n *node) {
	if due := n.nextDue(); due < n.due {
		n.due = due
		heap.Push(&s.due, dueNode{due, n})
	}
}

// advance advances the nodes that have something to do up to a watermark. A
// node's alerts may give its parents something to do; they are still ahead.
func (s *schedule) advance(watermark int64) {
	for {
		for len(s.due) > 0 && s.due[0].at <= watermark {
			d := heap.Pop(&s.due).(dueNode)
			if d.at == d.node.due {
				d.node.due = math.MaxInt64
				heap.Push(&s.ready, d.node)
			}
		}
		if len(s.ready) == 0 {
			return
		}
		n := heap.Pop(&s.ready).(*node)
		n.advance(watermark)
		s.wake(n)
	}
}

// nextDue returns the lowest watermark at which the node has something to do.
func (n *node) nextDue() int64 {
	due := int64(math.MaxInt64)
	if len(n.queue) > 0 {
		if due = n.queue[0].at; n.delay > 0 {
			due = after(after(due, n.delay), 1)
		}
	}
	if len(n.open) > 0 {
		due = min(due, after(after(n.open[0].opened, n.span), n.delay+1))
	}
	if g := n.recent.first; g != nil && !n.c.AtClose {
		due = min(due, after(after(g.last, n.span), n.delay+1))
	}
	return due
}

type dueNode struct {
	at   int64
	node *node
}

type dueHeap []dueNode

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].at < h[j].at }
func (h dueHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *dueHeap) Push(x any)        { *h = append(*h, x.(dueNode)) }
func (h *dueHeap) Pop() any {
	old := *h
	d := old[len(old)-1]
	old[len(old)-1] = dueNode{}
	*h = old[:len(old)-1]
	return d
}

type nodeHeap []*node

func (h nodeHeap) Len() int           { return len(h) }
func (h nodeHeap) Less(i, j int) bool { return h[i].index < h[j].index }
func (h nodeHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *nodeHeap) Push(x any)        { *h = append(*h, x.(*node)) }
func (h *nodeHeap) Pop() any {
	old := *h
	n := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return n
}
