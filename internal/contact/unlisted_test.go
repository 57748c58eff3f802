package contact

import (
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
)

// TestOwnAsUnlisted: the directory's own domains, judged as if their record did not list
// them, are hardly ever an impostor's.
func TestOwnAsUnlisted(t *testing.T) {
	n, impostors := 0, 0
	for _, o := range knowledge.Organizations() {
		for _, d := range o.Domains {
			a, ok := parseURL(d.Name)
			if !ok {
				continue
			}
			n++
			p := exchange.ContactPoint{Value: d.Name, Evidence: []exchange.Evidence{{Rule: "domain-not-listed"}}}
			hostShape(&p, a)
			stranger(&p)
			if p.Status == exchange.Impostor {
				impostors++
			}
		}
	}
	t.Logf("%d of %d", impostors, n)
	if n < 1000 || impostors*100 > n {
		t.Errorf("%d of %d are called impostors", impostors, n)
	}
}

// TestResolveWhole: an organization whose name another one's begins with is not it.
func TestResolveWhole(t *testing.T) {
	for name, id := range map[string]string{"北海道大学": "pref-hokkaido", "福岡県警察": "pref-fukuoka", "ソニー損保": "sony"} {
		if o := Resolve(name); o != nil && o.ID == id {
			t.Errorf("%s is taken for %s", name, id)
		}
	}
	for name, id := range map[string]string{"マイナビ": "mynavi", "まいなび": "kyuden", "株式会社マイナビ": "mynavi"} {
		if o := Resolve(name); o == nil || o.ID != id {
			t.Errorf("%s is taken for %v", name, o)
		}
	}
	if o := Resolve("ヤマト運輸カスタマーサービス"); o == nil || o.ID != "yamato-transport" {
		t.Errorf("%v", o)
	}
}

// TestRecordsAge: a record that nobody has looked at again for long is no proof any
// more; sooner where money is lost.
func TestRecordsAge(t *testing.T) {
	for id, days := range map[string]map[int]exchange.Status{
		"mercari":      {1: exchange.Official, 500: exchange.Official, 600: exchange.Announced},
		"rakuten-bank": {1: exchange.Official, 260: exchange.Official, 300: exchange.Announced},
	} {
		o := knowledge.OrganizationByID(id)
		reviewed, err := time.Parse(time.DateOnly, o.Reviewed)
		if err != nil {
			t.Fatal(err)
		}
		for after, want := range days {
			SetDay(reviewed.AddDate(0, 0, after).Format(time.DateOnly))
			if got := statusOf(owner{o, knowledge.Domain{Name: "x", Status: knowledge.Verified}}); got != want {
				t.Errorf("%s after %d days: %s, want %s", id, after, got, want)
			}
		}
	}
	SetDay("")
}

// TestDesks: dialling a number of a desk is fine; being called by it proves nothing.
func TestDesks(t *testing.T) {
	for _, n := range []string{"188", "＃9110", "１１０", "119", "#8008", "#8891"} {
		if p := (Query{Contact: n}).Judge(); p.Status != exchange.Official {
			t.Errorf("%s: %s %v", n, p.Status, p.Evidence)
		}
	}
	for _, c := range []struct {
		number, name string
		want         exchange.Status
	}{{"110", "警察", exchange.Official}, {"119", "消防署", exchange.Official}, {"119", "警察", exchange.Unconfirmed}, {"110", "だれも知らない会社", exchange.Unconfirmed}} {
		if p := (Query{Organization: c.name, Contact: c.number}).Judge(); p.Status != c.want {
			t.Errorf("%s of %s: %s, want %s", c.number, c.name, p.Status, c.want)
		}
	}
	w := Judge(&exchange.Exchange{Direction: exchange.Incoming, Channel: exchange.ChannelPhone, Initiator: exchange.InitiatorWindow, From: "#9110", Text: "警察です。口座番号を教えてください。"})
	if w.Status == exchange.Official {
		t.Errorf("a caller who shows #9110 is taken for the police: %v", w)
	}
}
