package record

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator"
)

// pagedMessages is a recording of one file, whose messages are several pages. Some have a
// word of their own; that of the second page with a sign that folds into a letter is told
// nothing of if odd.
func pagedMessages(t *testing.T, odd bool) (dir string, words []string) {
	t.Helper()
	const size = 16 << 10
	var records []string
	for i := range 5 * plainBytes / (2 * size) {
		text := fmt.Sprintf("Account %d was used. %s", i, strings.Repeat("Nothing happened here. ", size/23))
		switch {
		case i%500 == 77:
			words = append(words, fmt.Sprintf("Needle%sStack", strings.Repeat("In", 1+len(words))))
			text += words[len(words)-1] + " did it."
		case odd && i == plainBytes/size+9:
			text += "\u212aelvin"
		}
		records = append(records, fmt.Sprintf(`{"Channel":"Security","EventID":4624,"Message":%q,"n":"%d"}`, text, i))
	}
	dir, _ = oneFile(t, records...)
	return dir, words
}

// messagesOf returns the messages, and which of their pages may be read for words.
func messagesOf(t *testing.T, dir string) (*rowGroup, *groupColumn) {
	t.Helper()
	file := soleFile(t, dir)
	g := file.group(0, &reader{})
	c, err := g.part("Message")
	if err == nil {
		err = g.lateDictionaryOf(c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &g, c
}

// Of a column of several pages, those are read for words that may hold one, and what is found
// is what all texts hold.
func TestPagesAreReadOnlyForTheirWords(t *testing.T) {
	t.Parallel()
	dir, words := pagedMessages(t, false)
	_, c := messagesOf(t, dir)
	if len(c.chunk.pages) < 3 || len(c.dictionary.Parts) != len(c.chunk.pages) || len(words) < 3 {
		t.Fatalf("%d pages, of which %d are told of, and %d words", len(c.chunk.pages), len(c.dictionary.Parts), len(words))
	}
	for n, word := range words {
		if hits, _ := replayedMessages(t, dir, keywordProgram(t, strings.ToLower(word)+" did")); hits != 1 {
			t.Errorf("%s: %d hits", word, hits)
		}
		may, from := 0, uint32(0)
		for i, part := range c.dictionary.Parts {
			holds := false
			for text := from; text < part.End; text++ {
				holds = holds || strings.Contains(c.dictionary.Text(text), word)
			}
			if holds && part.Grams.Lack(word) {
				t.Errorf("page %d holds %s and is said to lack it", i, word)
			}
			if from = part.End; !part.Grams.Lack(word) {
				may++
			}
		}
		if may == 0 || may == len(c.dictionary.Parts) {
			t.Errorf("word %d: %d pages may hold it", n, may)
		}
	}
	if _, err := Redact(t.Context(), dir, Options{}, Redaction{Hash: []string{"Message"}}); err != nil {
		t.Fatal(err)
	}
	g, _ := messagesOf(t, dir)
	if told, err := g.gramsOf("Message"); err != nil || told != nil && !told.Lack(words[0]) {
		t.Error("what was taken out can still be told from the file:", err)
	}
}

// A page that is not read finds nothing, and one that is finds what it holds: whatever is read,
// a replay finds the same.
func TestPagesOfOddTexts(t *testing.T) {
	t.Parallel()
	dir, words := pagedMessages(t, true)
	if _, c := messagesOf(t, dir); c.dictionary.Parts != nil {
		t.Error("pages are told of though nothing is told of the column")
	}
	for _, word := range append(words, "kelvin") {
		if hits, _ := replayedMessages(t, dir, keywordProgram(t, word)); hits != 1 {
			t.Errorf("%s: %d hits", word, hits)
		}
	}
}

// Of texts without runs that count, as identifiers are, nothing is told that could not be read.
func TestPagesOfTextsWithoutRuns(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"0000012c-", "needle", "x7"} {
		var records []string
		for i := range 5 * plainBytes / (32 << 10) {
			text := strings.Repeat(fmt.Sprintf("%08x-", i), (16<<10)/9)
			if i == 300 {
				text += word
			}
			records = append(records, fmt.Sprintf(`{"Channel":"Security","EventID":4624,"Message":%q,"n":"%d"}`, text, i))
		}
		dir, _ := oneFile(t, records...)
		if _, c := messagesOf(t, dir); len(c.chunk.pages) < 2 {
			t.Fatal("all texts are in one page")
		}
		if hits, _ := replayedMessages(t, dir, keywordProgram(t, word)); hits != 1 {
			t.Errorf("%s: %d hits", word, hits)
		}
	}
}

// What is told of pages and does not fit them is damage, not the lack of a word.
func TestDamagedPageRuns(t *testing.T) {
	t.Parallel()
	dir, _ := pagedMessages(t, false)
	g, c := messagesOf(t, dir)
	pages := c.chunk.pages
	for _, some := range []int{1, len(pages) - 1, len(pages) + 1} {
		c.chunk.pages = append(pages[:len(pages):len(pages)], pages...)[:some]
		if _, err := g.pageRunsOf(c); err == nil {
			t.Errorf("what is told of %d pages is read as that of %d", len(pages), some)
		}
	}
	with, err := newPress()
	if err != nil {
		t.Fatal(err)
	}
	much := with.single.EncodeAll(make([]byte, len(pages)*maxPartBytes+1), nil)
	c.chunk.pages = pages
	for name, told := range map[string]string{"no Base64": "%", "no frame": "AAAA", "too much": base64.StdEncoding.EncodeToString(much)} {
		if _, err := g.readPageRuns(c, told); err == nil {
			t.Errorf("%s: is read", name)
		}
	}
	if _, err := new(evaluator.Grams).ReadPart(nil, nil); err == nil {
		t.Error("of runs that are not known a part is read")
	}
}
