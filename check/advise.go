package check

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/madoguchi/madoguchi"
	"github.com/madoguchi/madoguchi/knowledge"
)

// advise fills in what to do next, what to say, and whom to consult, from
// records of data/advice and data/consultation.
func advise(ex *madoguchi.Exchange, v *madoguchi.Verdict) {
	if ex.Direction == madoguchi.Incoming {
		adviseIncoming(ex, v)
	} else {
		adviseOutgoing(ex, v)
	}
	for _, r := range v.Reasons {
		if strings.HasPrefix(r.ID, "unread_") {
			v.Next = append(v.Next, madoguchi.Step{ID: "have_it_read"})
			break
		}
	}
	sort.SliceStable(v.Next, func(i, j int) bool { return urgency(v.Next[i].ID) < urgency(v.Next[j].ID) })
	v.Consultations = consultations(v)
	if ex.Direction == madoguchi.Incoming && v.Level != madoguchi.OK {
		first := desks(v)
		for _, id := range v.Consultations {
			if !slices.Contains(first, id) {
				first = append(first, id)
			}
		}
		v.Consultations = first
	}
	if v.Level == madoguchi.Stop && ex.Direction == madoguchi.Incoming {
		var told []madoguchi.Category
		var done []madoguchi.Action
		for i := range v.Asks {
			if a := &v.Asks[i]; a.Category != "" {
				told = append(told, a.Category)
			} else {
				done = append(done, knowledge.ParentAction(a.Action))
			}
		}
		v.Already = ToldAdvice(told, done)
	}
}

func urgency(id string) int {
	if a := knowledge.AdviceByID(id); a != nil {
		return a.Urgency
	}
	return 99
}

func (s *steps) add(id string, c madoguchi.Category) {
	for _, x := range s.list {
		if x.ID == id && x.Category == c {
			return
		}
	}
	s.list = append(s.list, madoguchi.Step{ID: id, Category: c})
}

type steps struct{ list []madoguchi.Step }

func adviseOutgoing(ex *madoguchi.Exchange, v *madoguchi.Verdict) {
	var next, say steps
	for i := range v.Findings {
		f := &v.Findings[i]
		if f.Need.Level == madoguchi.Never || f.Need.Level == madoguchi.Unneeded {
			next.add("remove_item", f.Category)
			if !f.Need.Instead.IsZero() {
				next.add("offer_instead", f.Category)
			}
		}
		if f.Need.Level == madoguchi.Never {
			say.add("say_cannot_tell_secret", f.Category)
		}
		if f.Category == "card_number" && f.Need.Level != madoguchi.Required {
			say.add("say_offer_last4", "")
		}
	}
	if v.Where.Status == madoguchi.Impostor {
		next.add("do_not_reply", "")
		next.add("find_official_anew", "")
		next.add("consult", "")
	} else if len(v.Findings) > 0 && !ex.WindowConfirmed && v.Where.Status != madoguchi.Official {
		next.add("confirm_window", "")
	}
	if v.Level != madoguchi.OK {
		next.add("keep_record", "")
	}
	v.Next, v.Say = next.list, say.list
}

func adviseIncoming(ex *madoguchi.Exchange, v *madoguchi.Verdict) {
	var next, say steps
	has := map[madoguchi.Action]bool{}
	for i := range v.Asks {
		has[v.Asks[i].Action] = true
	}
	if v.Level == madoguchi.Stop {
		switch ex.Channel {
		case madoguchi.ChannelPhone:
			next.add("hang_up", "")
		case madoguchi.ChannelPopup:
			next.add("close_popup", "")
		default:
			next.add("do_not_reply", "")
		}
		if has["click_link"] || has["log_in"] || has["scan_qr"] {
			next.add("do_not_click", "")
		}
		if has["transfer_money"] || has["buy_gift_card"] {
			next.add("do_not_pay", "")
			say.add("say_no_payment", "")
		}
		if has["install_app"] || has["remote_control"] || has["screen_share"] {
			next.add("do_not_install", "")
			say.add("say_no_remote", "")
		}
		next.add("find_official_anew", "")
		next.add("contact_yourself", "")
		next.add("talk_to_family", "")
		next.add("consult", "")
	}
	for i := range v.Asks {
		a := &v.Asks[i]
		switch {
		case a.Category == "":
		case a.Need.Level == madoguchi.Never:
			say.add("say_cannot_tell_secret", a.Category)
		case a.Level == madoguchi.Caution && a.Need.Level == madoguchi.Unneeded:
			next.add("ask_purpose", a.Category)
			say.add("say_why_needed", a.Category)
			if ex.Channel != madoguchi.ChannelPhone {
				say.add("say_leave_blank", a.Category)
			}
		}
		if a.Category == "card_number" {
			say.add("say_offer_last4", "")
		}
	}
	if v.Level == madoguchi.Caution {
		next.add("find_official_anew", "")
		if ex.Channel == madoguchi.ChannelEmail {
			next.add("check_sender_domain", "")
		}
		next.add("check_policy", "")
	}
	if ex.Channel == madoguchi.ChannelPhone {
		next.add("ask_caller_identity", "")
		say.add("say_who_are_you", "")
		if v.Level != madoguchi.OK || ex.Initiator != madoguchi.InitiatorPerson {
			say.add("say_call_back", "")
		}
	}
	if v.Level != madoguchi.OK {
		next.add("keep_record", "")
	} else if v.Where.Status != madoguchi.Official && (has["click_link"] || has["log_in"] || has["call_number"]) {
		next.add("find_official_anew", "")
	}
	v.Next, v.Say = next.list, say.list
}

// consultations returns the windows to consult for what the verdict found,
// most fitting first; none where nothing was found.
func consultations(v *madoguchi.Verdict) []string {
	if v.Level == madoguchi.OK {
		return nil
	}
	when := map[string]int{}
	mark := func(situation string, weight int) {
		if weight > when[situation] {
			when[situation] = weight
		}
	}
	if v.Level == madoguchi.Stop {
		mark("fraud_suspected", 2)
	}
	for i := range v.Findings {
		if f := &v.Findings[i]; f.Need.Level == madoguchi.Never {
			mark(situationOf(knowledge.Parent(f.Category)), 3)
		}
	}
	for i := range v.Asks {
		a := &v.Asks[i]
		if a.Category != "" && a.Level == madoguchi.Stop {
			mark(situationOf(knowledge.Parent(a.Category)), 3)
		}
		switch a.Action {
		case "transfer_money", "buy_gift_card":
			if a.Level == madoguchi.Stop {
				mark("money_sent", 2)
			}
		case "remote_control", "screen_share":
			mark("remote_control", 3)
		case "click_link", "log_in":
			if v.Level == madoguchi.Stop {
				mark("phishing_mail_or_site", 3)
			}
		}
	}
	if v.Level == madoguchi.Caution {
		mark("privacy_complaint", 2)
		mark("contract_or_shop", 1)
	}
	type scored struct {
		id           string
		weight, rank int
	}
	var list []scored
	for _, c := range knowledge.Consultations() {
		best := 0
		for _, w := range c.When {
			best = max(best, when[w])
		}
		if best > 0 {
			list = append(list, scored{c.ID, best, c.Order})
		}
	}
	sort.SliceStable(list, func(i, j int) bool {
		if list[i].weight != list[j].weight {
			return list[i].weight > list[j].weight
		}
		return list[i].rank < list[j].rank
	})
	var out []string
	for _, s := range list {
		if len(out) < 3 {
			out = append(out, s.id)
		}
	}
	if slices.ContainsFunc(v.Reasons, func(r madoguchi.Reason) bool { return r.ID == "unread_language" }) {
		out = append([]string{"houterasu_multilingual"}, out...)
	}
	// 188 is where a person without a plan is helped on.
	if hotline := "shouhisha_hotline_188"; knowledge.ConsultationByID(hotline) != nil && !slices.Contains(out, hotline) {
		out = append(out, hotline)
	}
	return out
}

// situationOf names the situation in which a secret has been told, as
// data/consultation does.
func situationOf(c madoguchi.Category) string {
	switch c {
	case "card_number", "card_cvv", "card_expiry":
		return "card_told"
	case "pin", "bank_account":
		return "bank_told"
	case "my_number":
		return "my_number_told"
	}
	return "password_told"
}

// ToldAdvice returns what to do where the person has told these kinds of data
// or done these things already: records of data/advice of kind told_already,
// the most urgent first, each once.
func ToldAdvice(told []madoguchi.Category, done []madoguchi.Action) []string {
	var s steps
	for _, c := range told {
		if id := toldAdvice[c]; id != "" {
			s.add(id, "")
		} else if id := toldAdvice[knowledge.Parent(c)]; id != "" {
			s.add(id, "")
		}
	}
	for _, a := range done {
		switch a {
		case "transfer_money":
			s.add("paid_money", "")
		case "buy_gift_card":
			s.add("bought_gift_card", "")
		case "remote_control", "screen_share", "install_app":
			s.add("installed_remote", "")
		case "click_link", "scan_qr":
			s.add("clicked_link", "")
		}
	}
	sort.SliceStable(s.list, func(i, j int) bool { return urgency(s.list[i].ID) < urgency(s.list[j].ID) })
	var ids []string
	for _, x := range s.list {
		ids = append(ids, x.ID)
	}
	return ids
}

// ToldDesks returns whom to consult about what was told or done: records of
// data/consultation, the first one first.
func ToldDesks(told []madoguchi.Category, done []madoguchi.Action) []string {
	situations := map[string]bool{}
	for _, c := range told {
		situations[situationOf(c)] = true
	}
	for _, a := range done {
		switch a {
		case "transfer_money", "buy_gift_card":
			situations["money_sent"] = true
		case "remote_control", "screen_share", "install_app":
			situations["remote_control"] = true
		default:
			situations["phishing_mail_or_site"] = true
		}
	}
	var fit []*knowledge.Consultation
	all := knowledge.Consultations()
	for i := range all {
		c := &all[i]
		if slices.ContainsFunc(c.When, func(w string) bool { return situations[w] }) {
			fit = append(fit, c)
		}
	}
	slices.SortStableFunc(fit, func(a, b *knowledge.Consultation) int { return cmp.Compare(a.Order, b.Order) })
	var out []string
	for _, c := range fit[:min(len(fit), 4)] {
		out = append(out, c.ID)
	}
	return out
}

var toldAdvice = map[madoguchi.Category]string{
	"prepaid_code": "bought_gift_card", "password": "told_password", "secret_answer": "told_password", "wallet_seed": "told_password", "otp": "told_otp", "pin": "told_pin",
	"card_number": "told_card", "card_cvv": "told_card", "card_expiry": "told_card", "bank_account": "told_bank", "my_number": "told_my_number",
	"id_document": "told_id_document", "drivers_license": "told_id_document", "passport": "told_id_document", "residence_card": "told_id_document", "health_insurance": "told_id_document", "selfie": "told_id_document",
	"address": "told_address_phone", "phone": "told_address_phone", "name": "told_address_phone", "email": "told_address_phone",
}
