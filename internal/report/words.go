package report

import (
	"strings"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
)

// words are the fixed words of a report. Sentences of advice are records of
// data/advice.
type words struct {
	level                                                      map[exchange.Level]string
	where, what, much, next, say, consult, draft, basis        string
	status                                                     map[exchange.Status]string
	need                                                       map[exchange.NeedLevel]string
	noFinding, noAsk, asks, guessed, general, says, took, rest string
	yourself, unknownOrg, hours, unsure, source, already, own  string
	bothWays                                                   string // behind what a text was taken for, if nobody said
	kinds                                                      map[string]string
}

// vocabulary are the words of data/sentences/report in each language.
var vocabulary = func() map[exchange.Lang]*words {
	all := knowledge.SentencesOf("report")
	out := map[exchange.Lang]*words{}
	for _, lang := range []exchange.Lang{exchange.Japanese, exchange.Easy, exchange.English} {
		in := func(key string) string { return all[key].In(lang) }
		w := &words{
			level: map[exchange.Level]string{}, status: map[exchange.Status]string{}, need: map[exchange.NeedLevel]string{}, kinds: map[string]string{},
			where: in("where"), what: in("what"), much: in("much"), next: in("next"), say: in("say"), consult: in("consult"), draft: in("draft"), basis: in("basis"),
			noFinding: in("no-finding"), noAsk: in("no-ask"), asks: in("asks"), guessed: in("guessed"), general: in("general"), says: in("says"), took: in("took"), rest: in("rest"),
			yourself: in("yourself"), unknownOrg: in("unknown-org"), hours: in("hours"), unsure: in("unsure"), source: in("source"), already: in("already"), own: in("own"),
			bothWays: in("both-ways"),
		}
		for key := range all {
			switch group, id, _ := strings.Cut(key, "-"); group {
			case "level":
				w.level[exchange.Level(id)] = in(key)
			case "status":
				w.status[exchange.Status(id)] = in(key)
			case "need":
				w.need[exchange.NeedLevel(id)] = in(key)
			case "kinds":
				w.kinds[id] = in(key)
			}
		}
		out[lang] = w
	}
	return out
}()

// Observations are what the rules of package contact mean, in the three
// languages. {v} is the value observed.
var observations = knowledge.SentencesOf("observations")

// KindName is what an input was taken for (a kind of package intake), in words.
func KindName(kind string, lang exchange.Lang) string {
	if w := vocabulary[lang]; w != nil {
		return w.kinds[kind]
	}
	return ""
}

// EasyWords are the report's own words and sentences in easy Japanese.
func EasyWords() []string {
	w := vocabulary[exchange.Easy]
	out := []string{w.where, w.what, w.much, w.next, w.say, w.consult, w.draft, w.basis, w.noFinding, w.noAsk, w.asks, w.guessed, w.general, w.says, w.took, w.rest, w.yourself, w.unknownOrg, w.hours, w.unsure, w.source, w.already, w.own}
	out = append(out, w.bothWays)
	for _, s := range w.kinds {
		out = append(out, s)
	}
	for _, l := range languages {
		out = append(out, l.Easy)
	}
	for _, s := range w.level {
		out = append(out, s)
	}
	for _, s := range w.status {
		out = append(out, s)
	}
	for _, s := range w.need {
		out = append(out, s)
	}
	for _, o := range observations {
		out = append(out, o.Easy)
	}
	return out
}

// languageName is a language (ISO 639-1) in words, its code where there are none.
func languageName(code string, lang exchange.Lang) string {
	if t, ok := languages[code]; ok {
		return t.In(lang)
	}
	return code
}

var languages = knowledge.SentencesOf("languages")
