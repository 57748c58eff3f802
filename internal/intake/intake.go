// Package intake recognizes what a person hands over: a text, a mail, a
// mailbox, a URL, a telephone number, an exported chat (LINE, WhatsApp), text
// messages, an invitation, a document. What of it is not read is told in the
// exchange.
package intake

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/contact"
	"github.com/madoguchi/madoguchi/internal/document"
	"github.com/madoguchi/madoguchi/internal/mail"
	"github.com/madoguchi/madoguchi/internal/text"
)

// MaxInput is how many bytes of an input are read. A mailbox may be of any size:
// it is read mail by mail.
const MaxInput = 64 << 20

// Kind is what an input was taken for.
type Kind string

const (
	Text     Kind = "text"
	Mail     Kind = "mail"
	Mbox     Kind = "mbox"
	URL      Kind = "url"
	Phone    Kind = "phone"
	Email    Kind = "email" // a mail address
	LINE     Kind = "line"  // a talk exported from LINE
	WhatsApp Kind = "whatsapp"
	Picture  Kind = "picture"    // a screenshot or photograph
	SMS      Kind = "sms"        // XML of SMS Backup & Restore
	Invite   Kind = "invitation" // an iCalendar file
	Document Kind = "document"   // Word, Excel, PowerPoint, PDF, Rich Text, or a saved page
)

// Errors that tell why an input cannot be judged.
var (
	ErrEmpty    = errors.New("the input is empty")
	ErrBinary   = errors.New("the input is no text and no mail")
	ErrTNEF     = errors.New("the input is a winmail.dat, whose text only Outlook reads")
	ErrTooLarge = fmt.Errorf("the input is larger than %d bytes", MaxInput)
)

// Item is one thing to judge.
type Item struct {
	Kind     Kind
	Exchange exchange.Exchange
	Raw      []byte // of a mail: its bytes, for authentication
}

// Read reads an input to its end and recognizes it.
func Read(r io.Reader) ([]Item, error) {
	var items []Item
	err := Each(r, func(it Item) error {
		items = append(items, it)
		return nil
	})
	return items, err
}

// Each recognizes an input and calls f for each thing in it, in order. Of a mailbox
// one mail is held at a time.
func Each(r io.Reader, f func(Item) error) error {
	br := bufio.NewReaderSize(r, 16<<10)
	head, _ := br.Peek(16 << 10) // a shorter input gives what it has
	if isMbox(head) {
		return eachMail(br, f)
	}
	b, err := io.ReadAll(io.LimitReader(br, MaxInput+1))
	if err != nil {
		return err
	}
	if len(b) > MaxInput {
		return ErrTooLarge
	}
	items, err := Recognize(b)
	for i := range items {
		if err := f(items[i]); err != nil {
			return err
		}
	}
	return err
}

// Recognize tells what an input is and takes it apart. A mailbox gives an item
// a mail, an exported talk one item, text messages an item a sender.
func Recognize(b []byte) ([]Item, error) {
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, ErrEmpty
	}
	switch {
	case isMbox(b):
		var items []Item
		err := eachMail(bytes.NewReader(b), func(it Item) error {
			items = append(items, it)
			return nil
		})
		return items, err
	case isMSG(b):
		it, err := readMSG(b)
		return []Item{it}, err
	case isTNEF(b):
		return nil, ErrTNEF
	case document.Is(b):
		return readDocument(b)
	}
	if m, err := mail.Parse(b); err == nil {
		return mailItems(m, b), nil
	}
	s, gap, err := decode(b)
	if err != nil {
		return nil, err
	}
	items, err := recognizeText(s)
	if gap && err == nil {
		for i := range items {
			items[i].Exchange.Add(exchange.Gap{Kind: exchange.GapLetters})
		}
	}
	return items, err
}

// readDocument reads a Word, Excel, PowerPoint or PDF file.
func readDocument(b []byte) ([]Item, error) {
	s, whole, err := document.Text(b)
	if err != nil || s == "" {
		return nil, ErrBinary
	}
	it := Item{Kind: Document, Exchange: exchange.Exchange{Text: s}}
	if !whole {
		it.Exchange.Add(exchange.Gap{Kind: exchange.GapRest})
	}
	return []Item{it}, nil
}

func recognizeText(s string) ([]Item, error) {
	t := strings.TrimSpace(strings.TrimPrefix(s, "\ufeff"))
	if text.Blank(t) {
		return nil, ErrEmpty
	}
	head := strings.ToLower(t[:min(len(t), 200)])
	switch {
	case isSMS(t):
		return readSMS(t)
	case strings.HasPrefix(head, "begin:vcalendar"):
		return []Item{{Kind: Invite, Exchange: exchange.Exchange{Direction: exchange.Incoming, Channel: exchange.ChannelEmail, Initiator: exchange.InitiatorWindow, Text: mail.CalendarText(t)}}}, nil
	case strings.HasPrefix(head, `{\rtf`):
		words, whole := mail.RTFText([]byte(s))
		it := Item{Kind: Document, Exchange: exchange.Exchange{Text: words}}
		if !whole || text.Blank(words) {
			it.Exchange.Add(exchange.Gap{Kind: exchange.GapPart})
		}
		return []Item{it}, nil
	case strings.HasPrefix(head, "<!doctype html"), strings.HasPrefix(head, "<html"):
		ex := mail.Page(t)
		ex.Direction = exchange.Incoming
		return []Item{{Kind: Document, Exchange: ex}}, nil
	}
	for _, read := range []func(string) (Item, bool){readLINE, readWhatsApp} {
		if it, ok := read(t); ok {
			return []Item{it}, nil
		}
	}
	kind := Text
	if k := contact.Alone(t); k != "" {
		kind = Kind(k)
	}
	return []Item{{Kind: kind, Exchange: exchange.Exchange{Text: s}}}, nil
}

func isMbox(b []byte) bool {
	if !bytes.HasPrefix(b, []byte("From ")) {
		return false
	}
	i := bytes.IndexByte(b, '\n')
	if i <= 0 {
		return false
	}
	// A header stands behind the separator; of a letter that begins "From here"
	// none does.
	rest := b[i+1:]
	line := rest[:max(0, bytes.IndexByte(rest, '\n'))]
	c := bytes.IndexByte(line, ':')
	return c > 0 && !bytes.ContainsAny(line[:c], " \t")
}

// eachMail reads a mailbox of any size.
func eachMail(r io.Reader, f func(Item) error) error {
	n, found := 0, false
	err := mail.Mbox(r, func(raw []byte, whole bool) error {
		n++
		m, err := mail.Parse(raw)
		if errors.Is(err, mail.ErrNotMail) {
			if len(bytes.TrimSpace(raw)) == 0 {
				return nil // a separator without a mail behind it
			}
			m = &mail.Message{Text: mail.DecodeText(raw, ""), Unread: []exchange.Gap{{Kind: exchange.GapPart}}}
		} else if err != nil {
			return err
		}
		for _, it := range mailItems(m, raw) {
			it.Kind = Mbox
			if it.Exchange.ID = strconv.Itoa(n); !whole {
				it.Exchange.Add(exchange.Gap{Kind: exchange.GapRest})
			}
			found = true
			if err := f(it); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && !found {
		return ErrBinary
	}
	return err
}

// mailItems are a mail and the mails within it, each with its own sender.
func mailItems(m *mail.Message, raw []byte) []Item {
	items := []Item{{Kind: Mail, Exchange: m.Exchange(), Raw: raw}}
	for _, a := range m.Attached {
		items = append(items, Item{Kind: Mail, Exchange: a.Message.Exchange(), Raw: a.Raw})
	}
	return items
}

// decode makes text of bytes: UTF-8, UTF-16, or one of Japan's charsets. Control
// characters beyond a few mean that it is none. gap is true where so much could not
// be told that something may be lost.
func decode(b []byte) (s string, gap bool, err error) {
	switch {
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}), bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		b, err = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(b)
	case halfNUL(b, 1), isUTF16(b, binary.LittleEndian):
		b, err = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder().Bytes(b)
	case halfNUL(b, 0), isUTF16(b, binary.BigEndian):
		b, err = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder().Bytes(b)
	case !utf8.Valid(b) || bytes.Contains(b, []byte("\x1b$")):
		s := mail.DecodeText(b, "")
		bad := strings.Count(s, "\uFFFD")
		if bad*2 > utf8.RuneCountInString(s) {
			return "", false, ErrBinary
		}
		gap = bad > 3
		b = []byte(s)
	}
	if err != nil {
		return "", false, ErrBinary
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	control := 0
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b {
			control++
		}
	}
	if control > 4 && control*50 > len(b) || bytes.HasPrefix(b, []byte("%PDF-")) || bytes.HasPrefix(b, []byte("PK\x03\x04")) {
		return "", false, ErrBinary
	}
	return string(b), gap, nil
}

// isUTF16 reports whether bytes are Japanese in UTF-16 of that order: nearly all
// units are letters that Japanese is written in, a fifth or more of them kana.
// Bytes that are UTF-8 without control characters are that.
func isUTF16(b []byte, order binary.ByteOrder) bool {
	b = b[:min(len(b), 4096)]
	if len(b) < 8 || len(b)%2 != 0 {
		return false
	}
	if utf8.Valid(b) && !bytes.ContainsFunc(b, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' }) {
		return false
	}
	kana, other := 0, 0
	for i := 0; i < len(b); i += 2 {
		switch u := order.Uint16(b[i:]); {
		case u >= 0x3000 && u < 0x3100:
			kana++
		case u >= 0x4E00 && u < 0xA000, u >= 0xFF00 && u < 0xFFF0, u >= ' ' && u < 0x7F, u == '\n', u == '\r', u == '\t', u >= 0x2000 && u < 0x2070:
		default:
			other++
		}
	}
	units := len(b) / 2
	return kana*5 >= units && other*50 <= units
}

// halfNUL reports whether every other byte is NUL, as in UTF-16 of Latin letters.
func halfNUL(b []byte, at int) bool {
	n, zero := 0, 0
	for i := at; i < min(len(b), 4096); i += 2 {
		n++
		if b[i] == 0 {
			zero++
		}
	}
	return n > 2 && zero*3 > n && len(b)%2 == 0
}
