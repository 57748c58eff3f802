package pii

import (
	"sync"

	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// cue is a list of words that a finder waits for. All lists are looked for in
// one pass over the text, before any finder runs.
type cue int

const (
	cueLabel cue = iota // data/categories
	cueIntroduction
	cueFamily
	cueNoFamily
	cueHealth
	cueNoHealth
	cueFinance
	cueNoFinance
	cueAge
	cueLife
	cueGender
	cueEmployer
	cueRank
	cueWhereabouts
	cuePrefecture
	cueMunicipality
	cueEra
	cueAt
	cueQuestion
	cueBeside // data/categories: words that mean the number right behind them
	cues
)

// cueWords are the words of each list but labels; longest ones count where
// they do not overlap.
var cueWords = [cues]text.List{
	cueIntroduction: {Words: introductionWords()},
	cueFamily:       {Words: familyWords, Longest: true},
	cueNoFamily:     {Words: familyExcluded, Longest: true},
	cueHealth:       {Words: healthWords, Longest: true},
	cueNoHealth:     {Words: healthExcluded, Longest: true},
	cueFinance:      {Words: financeCues, Longest: true},
	cueNoFinance:    {Words: financeExcluded, Longest: true},
	cueAge:          {Words: []string{"歳", "才"}},
	cueLife:         {Words: []string{"で一人", "でひとり", "の年寄り", "になりま", "の一人暮らし"}},
	cueGender:       {Words: []string{"男性", "女性"}},
	cueEmployer:     {Words: employerCues},
	cueRank:         {Words: []string{"(課長)", "(部長)", "(係長)", "(主任)", "(社員)", "(代表)", "(取締役)", "(正社員)", "(パート)"}},
	cueWhereabouts:  {Words: whereaboutsVerbs},
	cuePrefecture:   {Words: prefectures, Longest: true},
	cueMunicipality: {Words: []string{"市", "区", "郡", "町", "村"}},
	cueEra:          {Words: eras},
	cueAt:           {Words: []string{"@", "アットマーク", "あっとまーく", "アット", "あっと", "(at)", "[at]", "(アット)"}, Longest: true},
	cueQuestion:     {Words: questionCues},
}

// vocabulary is what the lists compile to.
type vocabulary struct {
	scanner *text.Scanner
	cats    []*knowledge.Category // by label
	beside  []*knowledge.Category // by word
}

var words = sync.OnceValue(func() vocabulary {
	var v vocabulary
	lists := cueWords
	lists[cueLabel].Longest, lists[cueBeside].Longest = true, true
	cats := knowledge.Categories()
	for i := range cats {
		for _, l := range cats[i].Labels {
			lists[cueLabel].Words = append(lists[cueLabel].Words, l)
			v.cats = append(v.cats, &cats[i])
		}
		for _, l := range cats[i].Beside {
			lists[cueBeside].Words = append(lists[cueBeside].Words, l)
			v.beside = append(v.beside, &cats[i])
		}
	}
	v.scanner = text.NewScanner(lists[:])
	return v
})

// surveyed is what one pass over a text finds: the hits of every list, the
// numbers and where words in Latin letters and digits begin.
func (d *document) survey() {
	v := words()
	for i := range d.cues {
		d.cues[i] = d.cues[i][:0]
	}
	v.scanner.Scan(d.n, func(l int, h text.Hit) { d.cues[l] = append(d.cues[l], h) })
	for _, h := range d.cues[cueLabel] {
		d.labels = append(d.labels, label{h.Start, h.End, d.n[h.Start:h.End], v.cats[h.Word]})
	}
	d.numbers()
}
