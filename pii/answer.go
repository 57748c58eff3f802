package pii

import (
	"strings"
)

var questionCues = []string{"first school", "maiden name", "your pet", "first pet", "security question", "secret question", "favorite", "favourite", "elementary school", "hometown", "秘密の質問", "ひみつの質問"}

var answerCues = []string{"I type ", "I typed ", "I enter ", "I entered ", "I answer ", "I answered ", "my answer is ", "the answer is ", "in katakana as "}

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
