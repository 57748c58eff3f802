package pii

import (
	"strings"

	"github.com/madoguchi/madoguchi/internal/knowledge"
)

var questionCues = knowledge.WordsOf("secret_questions")

var answerCues = knowledge.WordsOf("secret_answers")

// findAnswers finds the answer to a secret question in English prose: "it asks
// … and I type Maple Street".
func findAnswers(d *document) {
	if !d.latin || len(d.cues[cueQuestion]) == 0 {
		return
	}
	for _, cue := range answerCues {
		for i := 0; ; {
			j := strings.Index(d.n[i:], cue)
			if j < 0 {
				break
			}
			at := i + j + len(cue)
			i = at
			end := d.nameAt(at, min(len(d.n), at+60))
			if end > at && !latinWord(d.n[at:end]) {
				d.add(at, end, "secret_answer", 0.9, "answer-in-prose", strings.TrimSpace(cue), "")
			}
		}
	}
}
