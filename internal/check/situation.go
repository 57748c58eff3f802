package check

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// recognized is the least probability of a situation that is named. Chosen on hands left
// out: whoever is told of a situation that is not his does the wrong thing first.
const recognized = 0.3

// certain is the least probability of a situation whose record speaks: of such, four in five
// are right on hands left out, as often as people agree.
const certain = 0.6

// situate names the situation of a received message where one is recognized, and lets
// its record speak first: what to do, why, and whom to consult. Only a situation that
// fits the level counts: a stop is a fraud's, and what is waved through is genuine.
func situate(v *exchange.Verdict) {
	kind := "genuine"
	if v.Level != exchange.OK {
		kind = "fraud"
	}
	if v.Scenario != "" || lookedUp(v.Exchange) || stranger(v.Exchange) { // by its signs; or an address, which is no situation
		return
	}
	var best *knowledge.Scenario
	var share float64
	for id, p := range v.Read.Scenarios {
		s := knowledge.ScenarioByID(id)
		if s == nil || s.Kind != kind {
			continue
		}
		if p > share || p == share && best != nil && s.ID < best.ID {
			best, share = s, p
		}
	}
	if best == nil || share < recognized {
		return
	}
	v.Scenario, v.Certain = best.ID, share >= certain
	if kind == "genuine" || !v.Certain {
		return
	}
	var sources []exchange.Source
	for _, s := range best.Sources {
		sources = append(sources, s.Source())
	}
	if v.Level == exchange.Stop {
		v.Reasons = slices.Insert(v.Reasons, 0, exchange.Reason{ID: ReasonScenario, Level: v.Level, Evidence: []exchange.Evidence{{Rule: "scenario", Record: "scenarios/" + best.ID, Sources: sources}}})
	}
}

// stranger reports whether a message stands in a language that the reader has hardly
// seen: which situation it is cannot be told, though what it asks for may be. Chinese
// shares its characters with Japanese.
func stranger(ex *exchange.Exchange) bool {
	lang := text.Foreign(ex.Subject + "\n" + ex.Text)
	return lang != "" && lang != "zh" && !strings.ContainsFunc(ex.Text, isKana)
}

// signed are the matchers of the scenarios' signs, signedEN those of English texts, in whole words.
var (
	signed = sync.OnceValue(func() map[string][]*text.Matcher {
		return matchers(func(s *knowledge.Scenario) [][]string { return s.Signs }, text.NewSubstringMatcher)
	})
	signedEN = sync.OnceValue(func() map[string][]*text.Matcher {
		return matchers(func(s *knowledge.Scenario) [][]string { return s.SignsEN }, text.NewMatcher)
	})
)

func matchers(lists func(*knowledge.Scenario) [][]string, of func([]string) *text.Matcher) map[string][]*text.Matcher {
	m := map[string][]*text.Matcher{}
	all := knowledge.Scenarios()
	for i := range all {
		for _, words := range lists(&all[i]) {
			m[all[i].ID] = append(m[all[i].ID], of(words))
		}
	}
	return m
}

// signs returns the likeliest fraud of whose signs each stands in a text, "" if there is
// none.
func signs(v *exchange.Verdict, n string) string {
	id := likeliestOf(v, signed(), n)
	if id == "" && !text.Japanese(n) {
		id = likeliestOf(v, signedEN(), n)
	}
	return id
}

func likeliestOf(v *exchange.Verdict, signs map[string][]*text.Matcher, n string) (best string) {
	share := -1.0
	for id, lists := range signs {
		p := v.Read.Scenarios[id]
		if p < share || p == share && id > best || knowledge.ScenarioByID(id).Kind != "fraud" {
			continue
		}
		if stand(lists, n) {
			best, share = id, p
		}
	}
	return best
}

// stand reports whether of each list a word stands in a text.
func stand(lists []*text.Matcher, n string) bool {
	return !slices.ContainsFunc(lists, func(m *text.Matcher) bool { return !m.Contains(n) })
}

// arrived reports whether a text that nobody called a draft or received has surely come from
// elsewhere, though a draft could read so: what is received is harmless, and it bears the signs of its
// situation or tells of a person no more than family and the like.
func arrived(received, told *exchange.Verdict, n string) bool {
	if received.Level != exchange.OK {
		return false
	}
	if s := knowledge.ScenarioByID(received.Scenario); s != nil && s.Kind == "genuine" && s.Signs != nil && stand(signed()[s.ID], n) {
		return true
	}
	return told.Level == exchange.Caution && received.Read.Levels[0] >= bars[exchange.OK].harmless && !slices.ContainsFunc(told.Findings, func(f exchange.JudgedFinding) bool {
		k := knowledge.CategoryByID(f.Category)
		return k == nil || k.Kind != "attribute"
	})
}

// desks are whom to consult about something received, most fitting first: the likeliest, then
// those of the recognized situation, else those that the likely frauds have in common.
func desks(v *exchange.Verdict) []string {
	var out []string
	nearest := nearness(v)
	if s := knowledge.ScenarioByID(v.Scenario); s != nil {
		out = nearest(slices.Clone(s.Consult))
		if s.Kind == "genuine" {
			return out
		}
	} else {
		out = nearest(common(v))
	}
	if first := likeliest(v, nearest); first != "" {
		out = slices.Insert(slices.DeleteFunc(out, func(id string) bool { return id == first }), 0, first)
	}
	return out
}

// likeliest is the desk that comes first in the likely frauds, each counted by how likely it
// is: neighbours that are hard to tell apart often have the same desk.
func likeliest(v *exchange.Verdict, nearest func([]string) []string) string {
	weight := map[string]float64{}
	all := knowledge.Scenarios()
	for i := range all {
		if s := &all[i]; s.Kind == "fraud" && len(s.Consult) > 0 {
			weight[nearest(slices.Clone(s.Consult))[0]] += v.Read.Scenarios[s.ID]
		}
	}
	best := ""
	for id, w := range weight {
		if w > weight[best] || w > 0 && w == weight[best] && id < best {
			best = id
		}
	}
	return best
}

// common are the desks that the likely frauds have in common.
func common(v *exchange.Verdict) []string {
	weight := map[string]float64{}
	all := knowledge.Scenarios()
	for i := range all {
		s := &all[i]
		w := v.Read.Scenarios[s.ID]
		for _, id := range s.Consult {
			weight[id] += w
			w /= 2
		}
	}
	var out []string
	for id := range weight {
		out = append(out, id)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(weight[b], weight[a]), cmp.Compare(a, b)) })
	return out[:min(few, len(out))]
}

// nearness returns what puts those desks first whose own business a message is about: the
// police's desk for phishing where a link stands in it, else the bank where
// it speaks of an account, the card firm where of a credit card. Of several the first that
// is named goes first.
func nearness(v *exchange.Verdict) (nearest func(ids []string) []string) {
	link, s := linked(v), v.Exchange.Subject+"\n"+v.Exchange.Text
	places := map[string]int{} // where a desk's words begin, looked for once
	at := func(id string) int {
		first, known := places[id]
		if known {
			return first
		}
		first = len(s)
		if c := knowledge.ConsultationByID(id); c != nil {
			for _, w := range c.Words {
				if i := strings.Index(s, w); i >= 0 {
					first = min(first, i)
				}
			}
		}
		places[id] = first
		return first
	}
	return func(ids []string) []string {
		if link {
			slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(forLinks(b), forLinks(a)) })
			if forLinks(append(ids, "")[0]) > 0 {
				return ids
			}
		}
		if c := knowledge.ConsultationByID(append(ids, "")[0]); c == nil || len(c.Words) == 0 { // the police and 188 are for all
			return ids
		}
		slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(at(a), at(b)) })
		return ids
	}
}

// linked reports whether a link stands in a message.
func linked(v *exchange.Verdict) bool {
	return slices.ContainsFunc(v.Where.Points, func(p exchange.ContactPoint) bool { return p.Kind == exchange.ContactURL && p.Span.End > p.Span.Start })
}

// forLinks is 1 for a desk whose business links are.
func forLinks(id string) int {
	if c := knowledge.ConsultationByID(id); c != nil && c.Link {
		return 1
	}
	return 0
}

const few = 3 // desks that are named where no situation is recognized

// ReasonScenario is the reason whose sentence stands in the scenario's record.
const ReasonScenario = "scenario"
