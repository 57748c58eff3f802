// Package intake recognizes what a person hands over: a text, a mail, a
// mailbox, a URL, a telephone number, an exported LINE talk or text messages.
package intake

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"github.com/madoguchi/madoguchi"
	"github.com/madoguchi/madoguchi/contact"
	"github.com/madoguchi/madoguchi/mail"
)

// MaxInput is how many bytes of an input are read.
const MaxInput = 64 << 20

// Kind is what an input was taken for.
type Kind string

const (
	Text    Kind = "text"
	Mail    Kind = "mail"
	Mbox    Kind = "mbox"
	URL     Kind = "url"
	Phone   Kind = "phone"
	Email   Kind = "email"    // a mail address
	LINE    Kind = "line"     // a talk exported from LINE
	Picture Kind = "picture"  // a screenshot or photograph
	SMS     Kind = "sms"      // XML of SMS Backup & Restore
	Batch   Kind = "exchange" // one exchange a line: use --batch
)

// Errors that tell why an input cannot be judged.
var (
	ErrEmpty    = errors.New("the input is empty")
	ErrBinary   = errors.New("the input is no text and no mail")
	ErrTooLarge = fmt.Errorf("the input is larger than %d bytes", MaxInput)
)

// Item is one thing to judge.
type Item struct {
	Kind     Kind
	Exchange madoguchi.Exchange
	Problems []string // what was broken or left out
	Raw      []byte   // of a mail: its bytes, for authentication
}

// Read reads an input to its end and recognizes it.
func Read(r io.Reader) ([]Item, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxInput+1))
	if err != nil {
		return nil, err
	}
	if len(b) > MaxInput {
		return nil, ErrTooLarge
	}
	return Recognize(b)
}

// Recognize tells what an input is and takes it apart. A mailbox gives an item
// a mail, an exported talk one item.
func Recognize(b []byte) ([]Item, error) {
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, ErrEmpty
	}
	if isMbox(b) {
		return readMbox(b)
	}
	if m, err := mail.Parse(b); err == nil {
		it := mailItem(m)
		it.Raw = b
		return []Item{it}, nil
	}
	s, err := decode(b)
	if err != nil {
		return nil, err
	}
	t := strings.TrimSpace(s)
	switch {
	case strings.HasPrefix(t, "<?xml") && strings.Contains(t[:min(len(t), 2000)], "<smses") || strings.HasPrefix(t, "<smses"):
		return readSMS(t)
	case lineHeader.MatchString(t[:min(len(t), 300)]):
		return []Item{{Kind: LINE, Exchange: lineTalk(t)}}, nil
	}
	if !strings.ContainsAny(t, "\n \u3000") && utf8.RuneCountInString(t) < 2000 {
		if _, a := contact.SplitAddress(t); a != "" && strings.EqualFold(a, strings.Trim(t, "<>")) {
			return []Item{{Kind: Email, Exchange: madoguchi.Exchange{Direction: madoguchi.Incoming, Channel: madoguchi.ChannelEmail, From: t}}}, nil
		}
		if urlLine.MatchString(t) {
			return []Item{{Kind: URL, Exchange: madoguchi.Exchange{Direction: madoguchi.Incoming, Text: t}}}, nil
		}
	}
	if _, _, ok := contact.ParsePhone(t); ok && len(t) <= 48 && strings.ContainsAny(t, "0123456789０１２３４５６７８９") {
		return []Item{{Kind: Phone, Exchange: madoguchi.Exchange{Direction: madoguchi.Incoming, Channel: madoguchi.ChannelPhone, From: t}}}, nil
	}
	return []Item{{Kind: Text, Exchange: madoguchi.Exchange{Text: s}}}, nil
}

var (
	lineHeader = regexp.MustCompile(`^\x{FEFF}?\[LINE\]|^\x{FEFF}?LINE (?:のトーク|Chat)|^\x{FEFF}?.{1,60}(?:とのトーク履歴|のトーク履歴)`)
	urlLine    = regexp.MustCompile(`(?i)^(?:h(?:tt|xx)ps?://\S+|(?:javascript|data):\S+|(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[:/]\S*)?)$`)
)

func isMbox(b []byte) bool {
	if !bytes.HasPrefix(b, []byte("From ")) {
		return false
	}
	i := bytes.IndexByte(b, '\n')
	return i > 0 && bytes.Contains(b[i:], []byte("\nFrom ")) && bytes.Contains(b[i:min(len(b), i+8192)], []byte(":"))
}

func readMbox(b []byte) ([]Item, error) {
	var items []Item
	n := 0
	err := mail.Mbox(bytes.NewReader(b), func(raw []byte) error {
		n++
		m, err := mail.Parse(raw)
		if errors.Is(err, mail.ErrNotMail) {
			return nil // a separator without a mail behind it
		}
		if err != nil {
			return err
		}
		it := mailItem(m)
		it.Kind, it.Raw = Mbox, raw
		it.Exchange.ID = strconv.Itoa(n)
		items = append(items, it)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return nil, ErrBinary
	}
	return items, nil
}

func mailItem(m *mail.Message) Item {
	return Item{Kind: Mail, Exchange: m.Exchange(), Problems: m.Problems}
}

// decode makes text of bytes: UTF-8, UTF-16 with a byte order mark, or one of
// Japan's charsets. Control characters beyond a few mean that it is none.
func decode(b []byte) (string, error) {
	switch {
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}), bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(b)
		if err != nil {
			return "", ErrBinary
		}
		b = out
	case !utf8.Valid(b):
		s := mail.DecodeText(b, "")
		if strings.Count(s, "\uFFFD")*10 > utf8.RuneCountInString(s) {
			return "", ErrBinary
		}
		b = []byte(s)
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	control := 0
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b {
			control++
		}
	}
	if control > 4 && control*50 > len(b) || bytes.HasPrefix(b, []byte("%PDF-")) || bytes.HasPrefix(b, []byte("PK\x03\x04")) {
		return "", ErrBinary
	}
	return string(b), nil
}

var lineTurn = regexp.MustCompile(`^(\d{1,2}:\d{2}(?:\s?[AP]M)?)\t([^\t]*)\t(.*)$`)

// lineTalk turns an exported talk into a transcript: 「名前: 言葉」 a line. The
// other side's name is the talk's.
func lineTalk(s string) madoguchi.Exchange {
	var b strings.Builder
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	title := strings.TrimPrefix(lines[0], "\ufeff")
	title = strings.TrimSpace(strings.TrimPrefix(title, "[LINE]"))
	for _, suffix := range []string{"とのトーク履歴", "のトーク履歴"} {
		title = strings.TrimSuffix(title, suffix)
	}
	for _, l := range lines[1:] {
		m := lineTurn.FindStringSubmatch(l)
		switch {
		case m == nil:
			if b.Len() > 0 && strings.TrimSpace(l) != "" && !strings.HasPrefix(l, "20") {
				b.WriteString(strings.Trim(l, `"`) + "\n")
			}
		case m[2] == title || strings.Contains(title, m[2]) && m[2] != "":
			b.WriteString(m[2] + ": " + strings.Trim(m[3], `"`) + "\n")
		default:
			b.WriteString("私: " + strings.Trim(m[3], `"`) + "\n")
		}
	}
	return madoguchi.Exchange{Direction: madoguchi.Incoming, Channel: madoguchi.ChannelChat, From: "LINE「" + title + "」", Text: b.String()}
}

// readSMS reads the XML of SMS Backup & Restore: what came in, one item a
// sender.
func readSMS(s string) ([]Item, error) {
	d := xml.NewDecoder(strings.NewReader(s))
	d.Strict = false
	var items []Item
	bySender := map[string]int{}
	turns := map[int][]smsTurn{}
	broken := false
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			broken = true
			break
		}
		e, ok := tok.(xml.StartElement)
		if !ok || e.Name.Local != "sms" {
			continue
		}
		a := map[string]string{}
		for _, x := range e.Attr {
			a[x.Name.Local] = x.Value
		}
		mine := a["type"] == "2" // 1: received, 2: sent; drafts and failures are no talk
		if !mine && a["type"] != "1" && a["type"] != "" {
			continue
		}
		i, ok := bySender[a["address"]]
		if !ok {
			i = len(items)
			bySender[a["address"]] = i
			items = append(items, Item{Kind: SMS, Exchange: madoguchi.Exchange{
				ID: strconv.Itoa(i + 1), Direction: madoguchi.Incoming, Channel: madoguchi.ChannelSMS, Initiator: madoguchi.InitiatorWindow, From: a["address"]}})
		}
		turns[i] = append(turns[i], smsTurn{mine, a["body"]})
	}
	for i := range items {
		items[i].Exchange.Text = smsText(turns[i])
	}
	items = slices.DeleteFunc(items, func(it Item) bool { return it.Exchange.Text == "" })
	if len(items) == 0 {
		return nil, ErrEmpty
	}
	if broken {
		items[len(items)-1].Problems = append(items[len(items)-1].Problems, "the export ends in the middle; what stands before was read")
	}
	return items, nil
}

type smsTurn struct {
	mine bool
	body string
}

// smsText is what a number sent, with the answers between where there are any;
// nothing where it only received.
func smsText(turns []smsTurn) string {
	sent, received := 0, 0
	for _, t := range turns {
		if t.mine {
			sent++
		} else {
			received++
		}
	}
	if received == 0 {
		return ""
	}
	var b strings.Builder
	for _, t := range turns {
		switch {
		case t.mine:
			b.WriteString("私: ")
		case sent > 0:
			b.WriteString("相手: ")
		}
		b.WriteString(t.body + "\n")
	}
	return b.String()
}
