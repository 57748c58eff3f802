package intake

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/madoguchi/madoguchi/exchange"
)

// isSMS reports whether a text is the XML of SMS Backup & Restore
// (https://www.synctech.com.au/sms-backup-restore/fields-in-xml-backup-files/).
func isSMS(t string) bool {
	head := t[:min(len(t), 4000)]
	return strings.Contains(head, "<smses") || strings.HasPrefix(t, "<?xml") && (strings.Contains(head, "<sms ") || strings.Contains(head, "<mms "))
}

// readSMS reads an export of text messages: what came in, one item a sender, with
// the person's answers between. It is read tag by tag: a fault in one costs that
// one.
func readSMS(s string) ([]Item, error) {
	var talks []*smsTalk
	bySender := map[string]*smsTalk{}
	read, lost := 0, 0
	of := func(address string) *smsTalk {
		t := bySender[address]
		if t == nil {
			t = &smsTalk{item: Item{Kind: SMS, Exchange: exchange.Exchange{
				ID: strconv.Itoa(len(talks) + 1), Direction: exchange.Incoming, Channel: exchange.ChannelSMS, Initiator: exchange.InitiatorWindow, From: address}}}
			bySender[address] = t
			talks = append(talks, t)
		}
		return t
	}
	var mms *smsTalk // whose parts are being read
	mine := false
	for rest := s; ; {
		i := strings.IndexByte(rest, '<')
		if i < 0 {
			break
		}
		rest = rest[i:]
		name := tagName(rest)
		switch name {
		case "sms", "mms", "part":
		case "/mms":
			mms = nil
			rest = rest[1:]
			continue
		default:
			rest = rest[1:]
			continue
		}
		attrs, n, ok := attributes(rest[1+len(name):])
		if !ok {
			lost++
		}
		rest = rest[1+len(name)+n:]
		switch name {
		case "sms":
			mms = nil
			body, there := attrs["body"]
			kind := attrs["type"]
			if !there || kind != "" && kind != "1" && kind != "2" { // drafts and failures are no talk
				if !there && ok {
					lost++
				}
				continue
			}
			read++
			of(attrs["address"]).list = append(of(attrs["address"]).list, said{mine: kind == "2", text: body})
		case "mms":
			box := attrs["msg_box"]
			if box != "" && box != "1" && box != "2" {
				mms = nil
				continue
			}
			mms, mine = of(attrs["address"]), box == "2"
			read++
			if subject := attrs["sub"]; subject != "" && subject != "null" {
				mms.list = append(mms.list, said{mine: mine, text: subject})
			}
		case "part":
			if mms == nil {
				continue
			}
			switch ct := strings.ToLower(attrs["ct"]); {
			case ct == "application/smil":
			case strings.HasPrefix(ct, "text/") || ct == "" && attrs["text"] != "":
				if text := attrs["text"]; text != "" && text != "null" {
					mms.list = append(mms.list, said{mine: mine, text: text})
				}
			case strings.HasPrefix(ct, "image/"):
				mms.item.Exchange.Add(exchange.Gap{Kind: exchange.GapPicture})
			default:
				name := attrs["fn"]
				if name == "" || name == "null" {
					name = attrs["name"]
				}
				if name == "null" {
					name = ""
				}
				mms.item.Exchange.Add(exchange.Gap{Kind: exchange.GapAttachment, Name: name})
			}
		}
	}
	if m := smsCount.FindStringSubmatch(s[:min(len(s), 4000)]); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil && n > read {
			lost = max(lost, n-read)
		}
	}
	var items []Item
	for _, t := range talks {
		t.text()
		if t.item.Exchange.Text != "" || len(t.item.Exchange.Unread) > 0 {
			items = append(items, t.item)
		}
	}
	if len(items) == 0 && lost > 0 {
		items = []Item{{Kind: SMS, Exchange: exchange.Exchange{ID: "1", Direction: exchange.Incoming, Channel: exchange.ChannelSMS, Initiator: exchange.InitiatorWindow}}}
	}
	if len(items) == 0 {
		return nil, ErrEmpty
	}
	if lost > 0 {
		items[len(items)-1].Exchange.Add(exchange.Gap{Kind: exchange.GapMessages, Name: strconv.Itoa(lost)})
	}
	return items, nil
}

var smsCount = regexp.MustCompile(`<smses[^>]*\scount="(\d+)"`)

// smsTalk is what one number sent and received.
type smsTalk struct {
	list []said
	item Item
}

// text is what a number sent, with the answers between where there are any; nothing
// where it only received.
func (t *smsTalk) text() {
	sent, received := 0, 0
	for _, s := range t.list {
		if s.mine {
			sent++
		} else {
			received++
		}
	}
	if received == 0 {
		return
	}
	for i := range t.list {
		if sent > 0 && !t.list[i].mine {
			t.list[i].who = "相手"
		}
	}
	transcribe(&t.item.Exchange, t.list)
	if sent == 0 {
		t.item.Exchange.Turns = nil
	}
}

// tagName is the name of the tag at the beginning of s.
func tagName(s string) string {
	end := 1
	for end < len(s) && (s[end] >= 'a' && s[end] <= 'z' || s[end] == '/' && end == 1) {
		end++
	}
	if end < len(s) && (s[end] == ' ' || s[end] == '\n' || s[end] == '\r' || s[end] == '\t' || s[end] == '>' || s[end] == '/') {
		return s[1:end]
	}
	return ""
}

// attributes reads the attributes of a tag and returns how long it is. A value goes
// on over a quote that nothing of a tag follows; ok is false where it never ends.
func attributes(s string) (attrs map[string]string, n int, ok bool) {
	attrs = map[string]string{}
	for n < len(s) {
		for n < len(s) && (s[n] == ' ' || s[n] == '\t' || s[n] == '\n' || s[n] == '\r') {
			n++
		}
		if n >= len(s) || s[n] == '>' {
			return attrs, min(n+1, len(s)), n < len(s)
		}
		if s[n] == '/' {
			n++
			continue
		}
		m := attrName.FindStringSubmatch(s[n:min(len(s), n+80)])
		if m == nil {
			return attrs, n, false
		}
		n += len(m[0])
		quote := m[2][0]
		end, whole := valueEnd(s[n:], quote)
		attrs[m[1]] = unescape(s[n : n+end])
		if !whole {
			return attrs, n + end, false
		}
		n += end + 1
	}
	return attrs, n, false
}

var attrName = regexp.MustCompile(`^([A-Za-z_:][\w:.-]*)\s*=\s*(["'])`)

// valueEnd finds where a value ends: at a quote behind which the tag ends or another
// attribute begins. A tag that begins before that ends the value, which was not
// closed.
func valueEnd(s string, quote byte) (end int, whole bool) {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == quote && afterValue.MatchString(s[i+1:min(len(s), i+60)]):
			return i, true
		case s[i] == '<' && (strings.HasPrefix(s[i:], "<sms ") || strings.HasPrefix(s[i:], "<mms ") || strings.HasPrefix(s[i:], "</smses>") || strings.HasPrefix(s[i:], "</mms>")):
			return i, false
		}
	}
	return len(s), false
}

var afterValue = regexp.MustCompile(`^(?:\s*\??/?>|\s+[A-Za-z_:][\w:.-]*\s*=\s*["'])`)

// unescape decodes character references, also the halves of a character that the
// exporter writes as two.
func unescape(s string) string {
	if !strings.Contains(s, "&") {
		return s
	}
	s = surrogates.ReplaceAllStringFunc(s, func(m string) string {
		x := surrogates.FindStringSubmatch(m)
		hi, _ := strconv.Atoi(x[1])
		lo, _ := strconv.Atoi(x[2])
		if r := utf16.DecodeRune(rune(hi), rune(lo)); r != '\uFFFD' {
			return string(r)
		}
		return m
	})
	return html.UnescapeString(s)
}

var surrogates = regexp.MustCompile(`&#(5[5-6]\d{3});&#(5[6-7]\d{3});`)
