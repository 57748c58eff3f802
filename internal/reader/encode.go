// Package reader reads a text as it was learned from many hands: which words are
// personal data, what a message asks for and what it only names, and what kind of
// situation it is. What rules have found is put in beside the letters; the weights
// (model.bin) are trained by reader/train. docs/model-card.md has the figures.
package reader

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// Categories, Actions and the rest are what a model's outputs stand for, in order.
var (
	Categories = []exchange.Category{"name", "address", "postal_code", "phone", "email", "birth_date", "age", "gender", "account_id", "contract_number", "order_number",
		"tracking_number", "serial_number", "card_number", "card_last4", "card_expiry", "card_cvv", "bank_account", "password", "pin", "otp", "secret_answer", "my_number",
		"drivers_license", "passport", "health_insurance", "pension_number", "residence_card", "employer", "family", "health", "finances", "ip_address", "location"}
	Actions = []exchange.Action{"click_link", "open_attachment", "install_app", "remote_control", "screen_share", "transfer_money", "buy_gift_card", "call_number",
		"move_channel", "keep_secret", "hurry", "scan_qr", "log_in"}
	Channels = []exchange.Channel{"email", "sms", "chat", "phone", "form", "letter", "popup"}
	// Scenarios are the situations of received messages: frauds first, then genuine ones.
	Scenarios = strings.Fields(`family_emergency police_arrest refund_atm card_pickup fake_bill service_stops support_popup paste_command investment pay_to_withdraw
		romance gift_card fake_job account_lending parcel account_lock securities_account tax_link etc_toll utility census_benefit prize friend_account sextortion landlord
		hotel_chat private_account_shop supplier_account doorstep embassy other_fraud
		delivered_code use_notice security_notice bill_reminder redelivery appointment identity_check keypad_pin sealed_form first_answer survey newsletter other_genuine`)
	Initiators = []exchange.Initiator{"person", "window", "unknown"}
	Inquiries  = strings.Fields(`account_login password_reset order_delivery return_refund billing card_lost_stolen unauthorized_use bank_account_service mobile_contract
		internet_provider utilities_move insurance travel_booking product_repair subscription_cancel account_deletion data_request tax_government product_question job_application other`)
)

// Kinds is how many things a message may ask for.
var Kinds = len(Categories) + len(Actions)

var kindOf = sync.OnceValue(func() map[string]int {
	m := map[string]int{}
	for i, c := range Categories {
		m[string(c)] = i
	}
	for i, a := range Actions {
		m[string(a)] = len(Categories) + i
	}
	return m
})

// Kind returns the number of a category or an action, of its parent where it is
// finer; -1 if there is none.
func Kind(c exchange.Category, a exchange.Action) int {
	id := string(c)
	if c == "" {
		id = string(a)
	}
	if k, ok := kindOf()[id]; ok {
		return k
	}
	if c != "" {
		id = string(knowledge.Parent(c))
	} else {
		id = string(knowledge.ParentAction(a))
	}
	if k, ok := kindOf()[id]; ok {
		return k
	}
	return -1
}

// What returns the category or the action that a kind stands for.
func What(kind int) (exchange.Category, exchange.Action) {
	if kind < len(Categories) {
		return Categories[kind], ""
	}
	return "", Actions[kind-len(Categories)]
}

// Hint is what a rule has found: a span of the normalized text, in bytes, and the
// number of its kind.
type Hint struct{ Start, End, Kind int }

// Input is a text as a model takes it: four numbers for each letter.
type Input struct {
	Letters []rune
	Shape   []uint8 // the letter's class
	Rule    []uint8 // 0, or 1 + 2 × kind at the beginning of what a rule has found, one more within it
	Word    []uint8 // 0, or 1 + kind of the word for an item that the letter belongs to, or Kinds + what it is in the lexicon of names
	At      []int   // byte offsets of the normalized text; one more than letters

	Outgoing  bool
	Channel   int // 1 + index of Channels; 0 if nobody said
	Initiator int // index of Initiators
	Inquiry   int // 1 + index of Inquiries; 0 if nobody said
}

// LexiconParts is how many numbers a lexicon of names may give a letter, 0 with them.
const LexiconParts = 13

// About is what is known of a text beside its letters.
type About struct {
	Outgoing  bool
	Channel   exchange.Channel
	Initiator exchange.Initiator
	Inquiry   exchange.Inquiry // as somebody gave it, not guessed
	Hints     []Hint           // what rules have found
	Lexicon   []uint8          // what each letter is part of in a lexicon of names; may be nil
}

// Encode prepares a normalized text.
func Encode(t *text.Text, about About) *Input {
	n := len(t.Norm)
	in := &Input{Letters: make([]rune, 0, n/2), At: make([]int, 0, n/2+1), Outgoing: about.Outgoing, Initiator: len(Initiators) - 1}
	for i, c := range Channels {
		if c == about.Channel {
			in.Channel = i + 1
		}
	}
	for i, c := range Initiators {
		if c == about.Initiator {
			in.Initiator = i
		}
	}
	in.Inquiry = 1 + slices.Index(Inquiries, string(knowledge.ParentInquiry(about.Inquiry)))
	for i, r := range t.Norm {
		in.At = append(in.At, i)
		in.Letters = append(in.Letters, r)
		in.Shape = append(in.Shape, shape(r))
	}
	in.At = append(in.At, n)
	in.Rule, in.Word = make([]uint8, len(in.Letters)), make([]uint8, len(in.Letters))
	v := words()
	at := 0
	for _, m := range v.m.Append(nil, t.Norm) {
		at = in.seek(at, m.Start)
		for i := at; i < len(in.Letters) && in.At[i] < m.End; i++ {
			in.Word[i] = uint8(1 + v.kinds[m.Pattern])
		}
	}
	for i := range min(len(about.Lexicon), len(in.Word)) {
		if l := about.Lexicon[i]; in.Word[i] == 0 && l > 0 {
			in.Word[i] = uint8(Kinds) + l
		}
	}
	for _, h := range about.Hints {
		if h.Kind < 0 {
			continue
		}
		first := true
		for i := in.seek(0, h.Start); i < len(in.Letters) && in.At[i] < h.End; i++ {
			if in.Rule[i] == 0 {
				in.Rule[i] = uint8(1 + 2*h.Kind)
				if !first {
					in.Rule[i]++
				}
			}
			first = false
		}
	}
	return in
}

// seek returns the first letter at or behind byte b, looking from letter i on.
func (in *Input) seek(i, b int) int {
	if i >= len(in.Letters) || in.At[i] > b {
		i = 0
	}
	lo, hi := i, len(in.Letters)
	for lo < hi {
		mid := (lo + hi) / 2
		if in.At[mid] < b {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

type vocabulary struct {
	m     *text.Matcher
	kinds []int
}

// words are the words of data/categories by which items are named.
var words = sync.OnceValue(func() vocabulary {
	var v vocabulary
	var list []string
	for _, c := range knowledge.Categories() {
		k := Kind(c.ID, "")
		if k < 0 {
			continue
		}
		for _, l := range [][]string{c.Beside, c.Labels, c.AskedAs} {
			for _, w := range l {
				list = append(list, w)
				v.kinds = append(v.kinds, k)
			}
		}
	}
	v.m = text.NewMatcher(list)
	return v
})

// Shapes is how many classes of letters there are.
const Shapes = 9

func shape(r rune) uint8 {
	switch {
	case r >= '0' && r <= '9':
		return 0
	case r >= 'a' && r <= 'z':
		return 1
	case r >= 'A' && r <= 'Z':
		return 2
	case r >= 0x3041 && r <= 0x309F:
		return 3
	case r >= 0x30A0 && r <= 0x30FF:
		return 4
	case r >= 0x4E00 && r <= 0x9FFF || r == '々' || r >= 0x3400 && r <= 0x4DBF:
		return 5
	case r == '\n':
		return 6
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		return 8
	}
	return 7
}

// Plain is the letter by which a model knows it: all digits are one, capital and
// small letters are one (shapes tell them apart).
func Plain(r rune) rune {
	switch {
	case r >= '0' && r <= '9':
		return '0'
	case r >= 'A' && r <= 'Z':
		return r + 'a' - 'A'
	}
	return r
}
