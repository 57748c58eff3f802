package contact

import (
	"net/netip"
	"strings"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// judgeSender judges an incoming exchange's sender and notes what its form
// gives away.
func judgeSender(ex *exchange.Exchange, claimed *knowledge.Organization, w *exchange.Where) *exchange.ContactPoint {
	from := ex.From
	if ex.Mail != nil && ex.Mail.FromAddress != "" {
		from = ex.Mail.FromAddress
	}
	if strings.TrimSpace(from) == "" {
		return nil
	}
	var p exchange.ContactPoint
	if ex.Mail != nil && !strings.Contains(ex.Mail.FromAddress, ".") {
		// No mail that can be answered comes from there.
		p = exchange.ContactPoint{Kind: exchange.ContactEmail, Value: ex.Mail.FromAddress, Shown: from, Status: exchange.Unconfirmed, Suspicion: exchange.SuspicionNone}
		observe(&p, "sender-without-domain", ex.Mail.FromAddress, exchange.SuspicionStrong)
		w.Points = append(w.Points, p)
		return &w.Points[0]
	}
	n := text.Normalize(from).Norm
	if u := urlWord.FindString(n); ex.Channel == exchange.ChannelPopup && u != "" {
		p = JudgeURL(u, claimed)
		p.Shown = from
	} else {
		p = JudgeAny(from, claimed)
	}
	if lookup := text.Blank(ex.Text) && ex.Subject == ""; lookup && (p.Kind == exchange.ContactName || forwards(from)) {
		p = JudgePhone(from, claimed)
	}
	switch p.Kind {
	case exchange.ContactName:
		handleShape(&p, n)
	case exchange.ContactPhone:
		callerShape(&p, ex, n, claimed)
	case exchange.ContactEmail:
		name, _ := SplitAddress(ex.From)
		if _, inner := SplitAddress(name); inner != "" && inner != p.Value && strings.Contains(inner[strings.LastIndexByte(inner, '@'):], ".") && !sameSite(inner, p.Value) {
			observe(&p, "address-in-display-name", inner, exchange.SuspicionStrong)
		}
		points, _ := textPoints(text.Normalize(name), claimed)
		for i := range points { // who wants to be called says so in the mail
			if points[i].Kind == exchange.ContactPhone && points[i].Status != exchange.Official {
				observe(&p, "number-in-display-name", points[i].Value, exchange.SuspicionStrong)
				break
			}
		}
		if ex.Mail != nil {
			mailSigns(&p, ex)
		}
		if ex.Mail != nil && ex.Mail.ReplyTo != "" && !sameSite(ex.Mail.ReplyTo, p.Value) {
			s := exchange.SuspicionNone
			if onFreeMail(ex.Mail.ReplyTo) || p.Organization != "" && ex.Mail.Authentic == "" && len(loadDirectory().owners(ex.Mail.ReplyTo[strings.LastIndexByte(ex.Mail.ReplyTo, '@')+1:])) == 0 {
				s = exchange.SuspicionStrong // an organization's name, and a stranger who gets the answer
			}
			observe(&p, "reply-to-elsewhere", ex.Mail.ReplyTo, s)
		} else if ex.Mail != nil && ex.Mail.ReplyTo != "" && ex.Mail.ReplyTo != p.Value && onFreeMail(p.Value) && !ex.Mail.Talk {
			// The account that sends is burnt; the answers go to the next.
			observe(&p, "reply-to-elsewhere", ex.Mail.ReplyTo, exchange.SuspicionStrong)
		}
		// A mail's From can be written by anybody: without authentication its
		// domain disproves, but does not prove.
		if p.Status == exchange.Official && (ex.Mail == nil || ex.Mail.Authentic == "" || ex.Mail.Authors > 1 || !sameSite("x@"+ex.Mail.Authentic, p.Value)) {
			p.Status = exchange.Unconfirmed
			observe(&p, "sender-not-authenticated", "", exchange.SuspicionNone)
		}
	}
	w.Points = append(w.Points, p)
	return &w.Points[0]
}

func onFreeMail(address string) bool {
	return among(freeMail, address[strings.LastIndexByte(address, '@')+1:])
}

// mailSigns notes what a mail's own header says against its sender.
func mailSigns(p *exchange.ContactPoint, ex *exchange.Exchange) {
	m := ex.Mail
	if m.FromBroken {
		observe(p, "sender-malformed", "", exchange.SuspicionStrong)
	}
	if m.Authors > 1 {
		observe(p, "several-senders", "", exchange.SuspicionSome)
	}
	if m.Differs {
		observe(p, "plain-and-page-differ", "", exchange.SuspicionSome)
	}
	if !m.Talk {
		pictureSigns(p, ex)
		if disguised(ex.Subject) || disguised(m.FromName) {
			observe(p, "words-disguised", "", exchange.SuspicionStrong)
		}
	}
	host := m.FromAddress[strings.LastIndexByte(m.FromAddress, '@')+1:]
	if m.Failed && m.Authentic == "" {
		observe(p, "mail-fails-own-policy", registrable(host), exchange.SuspicionStrong)
	}
	suffix, hosting := publicSuffix(host)
	if strings.HasSuffix(host, ".onmicrosoft.com") { // the name that every customer gets before his own
		suffix, hosting = "onmicrosoft.com", true
	}
	if hosting && p.Organization == "" && !m.Talk {
		observe(p, "sender-on-free-hosting", suffix, exchange.SuspicionStrong)
	}
}

// pictureSigns looks at where a mail's pictures would come from: an
// organization has them on hosts with names, and of its own.
func pictureSigns(p *exchange.ContactPoint, ex *exchange.Exchange) {
	if len(ex.Links) == 0 {
		return
	}
	for _, host := range ex.Mail.Pictures {
		if _, err := netip.ParseAddr(host); err == nil {
			observe(p, "picture-from-ip-address", host, exchange.SuspicionStrong)
		} else if among(freePictures, registrable(host)) && registrable(host) != registrable(p.Value[strings.LastIndexByte(p.Value, '@')+1:]) {
			observe(p, "picture-on-free-host", host, exchange.SuspicionStrong)
		}
	}
}

// sameSite reports whether two mail addresses have one registrable domain.
func sameSite(a, b string) bool {
	da, db := a[strings.LastIndexByte(a, '@')+1:], b[strings.LastIndexByte(b, '@')+1:]
	return registrable(da) == registrable(db)
}

// handleShape looks at a sender without an address: a messenger account, a
// social account.
func handleShape(p *exchange.ContactPoint, n string) {
	l := strings.ToLower(n)
	for _, w := range []string{"whatsapp", "telegram", "discord", "wechat", "skype", "signal", "個人アカウント", "dm「", "lineグループ"} {
		if strings.Contains(l, w) {
			observe(p, "private-messenger", w, exchange.SuspicionStrong)
			return
		}
	}
	if strings.Contains(l, "line ") && !strings.Contains(l, "公式") || strings.HasPrefix(l, "line「") || strings.Contains(l, "lineトーク") {
		observe(p, "private-messenger", "line", exchange.SuspicionSome)
	}
	if strings.Contains(n, "フォロワー") || strings.HasPrefix(l, "x @") || strings.Contains(l, "instagram") {
		observe(p, "social-account", "", exchange.SuspicionSome)
	}
}

var windowSpeakers = knowledge.WordsOf("window_speakers")

// speaksAsWindow reports whether a text speaks for an organization to its customers.
func speaksAsWindow(n string) bool {
	for _, w := range windowSpeakers {
		if strings.Contains(n, w) {
			return true
		}
	}
	return false
}

// callerShape looks at how a call or text message came in.
func callerShape(p *exchange.ContactPoint, ex *exchange.Exchange, n string, claimed *knowledge.Organization) {
	if ex.Initiator == exchange.InitiatorUnknown && strings.TrimSpace(ex.Text) == "" {
		return // a number looked up before calling it
	}
	if strings.Contains(n, "本人が発信") || ex.Initiator == exchange.InitiatorPerson && ex.Channel == exchange.ChannelPhone && !strings.Contains(n, "着信") {
		return
	}
	if p.Status == exchange.Official {
		// They called: the number shown may be forged.
		p.Status = exchange.Unconfirmed
		observe(p, "caller-number-proves-nothing", p.Value, exchange.SuspicionNone)
	}
	if strings.Contains(n, "自動音声") {
		observe(p, "automatic-voice", "", exchange.SuspicionStrong)
	}
	if ex.Channel == exchange.ChannelSMS {
		if kindOf(p) == NumberMobile {
			// Friends write from mobile numbers, organizations do not.
			s := exchange.SuspicionNone
			if ex.Organization != "" || claimed != nil || speaksAsWindow(text.Normalize(ex.Text).Norm) {
				s = exchange.SuspicionStrong
			}
			observe(p, "sms-from-mobile-number", "", s)
		}
	}
}

// kindOf is the kind of number that a point was seen to be, as it was written.
func kindOf(p *exchange.ContactPoint) NumberKind {
	for _, e := range p.Evidence {
		if e.Rule == "number-kind" {
			return NumberKind(e.Detail)
		}
	}
	return NumberUnknown
}
