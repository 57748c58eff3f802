package eval

import (
	"slices"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/check"
)

// Told is a short text in people's own words: a message, or what somebody tells of it.
type Told struct {
	ID, Text, Channel, Scenario string
	Genuine                     bool
	Consult                     []string // any of these may come first
}

// Scenarios judges short texts: no fraud may be ok, few genuine ones stopped, and the
// desk that is named first is the right one.
func Scenarios(name string, gold []Told) *Report {
	x := newRun("scenarios", name)
	for i := range gold {
		g := &gold[i]
		x.r.Items++
		ex := exchange.Exchange{Direction: exchange.Incoming, Channel: channel(g.Channel), Text: g.Text}
		v := check.Check(&ex)
		right := v.Scenario == g.Scenario
		var item itemCounts
		switch {
		case right:
			item.exact.TP++
		case v.Scenario != "":
			item.exact.FP++
			item.exact.FN++
		default:
			item.exact.FN++
		}
		x.count("scenario", g.Scenario, item.exact)
		x.items = append(x.items, item)
		if g.Genuine {
			x.share("stop_on_genuine", v.Level == exchange.Stop)
			x.share("genuine_ok", v.Level == exchange.OK)
			if v.Level != exchange.OK {
				x.miss(g.ID, string(v.Level), g.Scenario, g.Text, "taken for "+v.Scenario)
			}
			continue
		}
		x.share("fraud_ok_flagged", v.Level == exchange.OK)
		x.share("fraud_stopped", v.Level == exchange.Stop)
		first := len(v.Consultations) > 0 && slices.Contains(g.Consult, v.Consultations[0])
		x.share("consult_first", first)
		if v.Level == exchange.OK || !first {
			desk := ""
			if len(v.Consultations) > 0 {
				desk = v.Consultations[0]
			}
			x.miss(g.ID, string(v.Level), g.Scenario, g.Text, "taken for "+v.Scenario+", first "+desk)
		}
	}
	return x.done("scenario_f1")
}
