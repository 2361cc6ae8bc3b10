package matcher

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// trie finds the literals that a text begins with, that it equals, or, if it
// was built backward, that it ends with. It goes through a text in chunks of
// eight bytes, one look-up for each and one for each length of rest that a
// literal ends with in that place; how many literals there are makes no
// difference.
type trie struct {
	steps table // chunk or rest, and 16 * node + its length -> next node, or list
	nodes []trieNode
}

type trieNode struct {
	rests uint8 // bit r: some literal ends r bytes behind the node
	list  int32 // of the literals that end here
}

// trieEntry is a literal and its list.
type trieEntry struct {
	text string
	list int32
}

func (w *workspace) newTrie(entries []trieEntry, backward bool) trie {
	if len(entries) == 0 {
		return trie{}
	}
	room := 0
	for _, e := range entries {
		room += (len(e.text) + 7) / 8
	}
	w.steps.reset(max(1, room)) // of which less is needed the more literals begin alike
	t := trie{steps: w.steps, nodes: []trieNode{{}}}
	for _, e := range entries {
		t.insert(e, backward)
	}
	t.steps = t.steps.shrunk()
	return t
}

func (t *trie) insert(e trieEntry, backward bool) {
	node, text := int32(0), []byte(e.text)
	if backward {
		slices.Reverse(text)
	}
	for ; len(text) >= 8; text = text[8:] {
		word, from := binary.LittleEndian.Uint64(text), uint32(node)<<4|8
		if node = t.steps.get(word, from); node == absent {
			node = int32(len(t.nodes))
			t.steps.put(word, from, node)
			t.nodes = append(t.nodes, trieNode{})
		}
	}
	if len(text) == 0 {
		t.nodes[node].list = e.list
		return
	}
	var rest [8]byte
	copy(rest[:], text)
	t.nodes[node].rests |= 1 << len(text)
	t.steps.put(binary.LittleEndian.Uint64(rest[:]), uint32(node)<<4|uint32(len(text)), e.list)
}

// equal returns the list of the literal that is the whole text, or 0.
func (t *trie) equal(b *buffer) int32 {
	if len(t.nodes) == 0 {
		return 0
	}
	node, at := int32(0), b.from
	for ; at+8 <= b.end; at += 8 {
		node = t.steps.get(b.word(at), uint32(node)<<4|8)
		if node == absent {
			return 0
		}
	}
	n := &t.nodes[node]
	if at == b.end {
		return n.list
	}
	if n.rests>>(b.end-at)&1 == 0 {
		return 0
	}
	return max(0, t.steps.get(b.word(at)&low(b.end-at), uint32(node)<<4|uint32(b.end-at)))
}

// low is a mask of the n lowest bytes of a word.
func low(n int) uint64 { return 1<<(8*n) - 1 }

// begins adds the literals that the text begins with.
func (t *trie) begins(b *buffer, h *hits, l *lists) {
	for at, node := b.from, int32(0); ; at += 8 {
		n := &t.nodes[node]
		if n.list != 0 {
			h.addList(l, n.list)
		}
		word, left := b.word(at), b.end-at
		t.addRests(node, word, left, h, l)
		if left < 8 {
			return
		}
		if node = t.steps.get(word, uint32(node)<<4|8); node == absent {
			return
		}
	}
}

// ends adds the literals that the text ends with.
func (t *trie) ends(b *buffer, h *hits, l *lists) {
	for at, node := b.end, int32(0); ; at -= 8 {
		n := &t.nodes[node]
		if n.list != 0 {
			h.addList(l, n.list)
		}
		word, left := b.wordBefore(at), at-b.from
		t.addRests(node, word, left, h, l)
		if left < 8 {
			return
		}
		if node = t.steps.get(word, uint32(node)<<4|8); node == absent {
			return
		}
	}
}

func (t *trie) addRests(node int32, word uint64, left int, h *hits, l *lists) {
	for rests := t.nodes[node].rests; rests != 0; rests &= rests - 1 {
		r := bits.TrailingZeros8(rests)
		if r > left {
			return
		}
		if list := t.steps.get(word&low(r), uint32(node)<<4|uint32(r)); list != absent {
			h.addList(l, list)
		}
	}
}

func (t *trie) size() int { return t.steps.size() + len(t.nodes)*8 }
