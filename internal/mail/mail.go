// Package mail reads messages as they arrive (RFC 5322 with MIME): charsets
// of Japan, broken headers, HTML with links. It keeps what tells where a mail
// comes from and where it leads.
//
// A mail is read as mail programs read it, however its structure is broken; its
// renderings (plain text, HTML, attached pages and mails, invitations) are all
// taken in, as nobody knows which one a person sees. Everything is bounded:
// nesting, number of parts, bytes of text. What was not read is told in
// [Message.Unread]; a mail is never refused for being broken.
package mail

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/madoguchi/madoguchi/exchange"
)

// Limits of a parse. Mails beyond them are read as far as they go.
const (
	MaxDepth = 20      // nested multiparts and messages
	MaxParts = 300     // parts in all
	MaxText  = 2 << 20 // bytes of decoded text kept of one part
	maxTexts = 4 << 20 // bytes of text kept of a mail in all
	maxField = 64 << 10
)

// ErrNotMail is returned for bytes that have no mail header at all.
var ErrNotMail = errors.New("mail: no header of a mail found")

// Message is a mail, decoded.
type Message struct {
	FromName    string // display name of the first From address, decoded
	FromAddress string // in lower case, "" where none could be read
	FromRaw     string // the From field, decoded, as written
	ReplyTo     string // address, "" where there is none
	To          string
	Subject     string
	Date        time.Time // zero where it could not be read
	MessageID   string
	Text        string          // what it says in all its renderings, the one that is shown first
	Links       []exchange.Link // links of the HTML, in order
	ImageTexts  []string        // alt texts of images: logos
	Attached    []Attached      // mails that came as parts of this one, outermost first
	Attachments []Attachment
	ReturnPath  string
	Talk        bool     // an answer within a thread, or a post to a mailing list
	FromBroken  bool     // the From field has two addresses in one, or none that can exist
	Pictures    []string // hosts that its pictures would be loaded from, in order, each once
	Received    []string // topmost first
	AuthResults []string // Authentication-Results fields as they stand, topmost first
	// Trace are the fields that servers put on top as the mail passed, topmost
	// first: what stands below a server's own Received came with the mail.
	Trace   []Field
	Authors int  // addresses in all From fields
	Differs bool // the plain text says other things than the HTML
	Unread  []exchange.Gap
}

// Field is a field of the header, unfolded.
type Field struct{ Name, Value string } // Name in lower case

// Attached is a mail within a mail.
type Attached struct {
	Message *Message
	Raw     []byte
}

// Attachment is a part that is not shown as text.
type Attachment struct {
	Name      string
	MediaType string
	Size      int // bytes, decoded; at most MaxText is counted
}

// Exchange turns the mail into what package check judges: an incoming mail of
// a window that made contact.
func (m *Message) Exchange() exchange.Exchange {
	from := m.FromRaw
	if from == "" {
		from = m.FromAddress
	}
	return exchange.Exchange{
		Direction: exchange.Incoming, Channel: exchange.ChannelEmail, Initiator: exchange.InitiatorWindow,
		From: from, Subject: m.Subject, Text: m.Text, Links: m.Links, Unread: m.Unread,
		Mail: &exchange.Mail{FromName: m.FromName, FromAddress: m.FromAddress, ReplyTo: m.ReplyTo, Attachments: len(m.Attachments),
			Talk: m.Talk, FromBroken: m.FromBroken, Pictures: m.Pictures, Authors: m.Authors, Differs: m.Differs,
			// Anybody can write a field that says "pass"; none writes "fail" of
			// his own mail.
			Failed: len(m.AuthResults) > 0 && failed(strings.ToLower(m.AuthResults[0]))},
	}
}

// failed reports whether a receiving server's results say that the sender's
// domain does not stand behind the mail: its policy fails, or the server was
// none of its own and no signature passes.
func failed(results string) bool {
	if strings.Contains(results, "dmarc=fail") {
		return true
	}
	other := strings.Contains(results, "spf=fail") || strings.Contains(results, "spf=softfail")
	return other && !strings.Contains(results, "dkim=pass") && !strings.Contains(results, "dmarc=pass")
}

// Parse reads one mail.
func Parse(raw []byte) (*Message, error) {
	p := &parser{}
	return p.message(raw, 0)
}

// message reads a mail, or one within a mail.
func (p *parser) message(raw []byte, depth int) (*Message, error) {
	raw = bytes.TrimLeft(raw, "\ufeff\r\n")
	if bytes.HasPrefix(raw, []byte("From ")) || bytes.HasPrefix(raw, []byte(">From ")) { // an mbox separator line
		if i := bytes.IndexByte(raw, '\n'); i >= 0 {
			raw = raw[i+1:]
		}
	}
	head, body := splitHeader(raw)
	if !head.mail() && !(len(head.fields) == 1 && head.known() == 1 && len(body) > 0) {
		return nil, ErrNotMail
	}
	outer, m := p.m, &Message{}
	p.m = m
	defer func() { p.m = outer }()
	texts := p.texts
	p.texts = nil
	p.header(&head)
	p.entity(&head, body, depth)
	p.finish()
	p.texts = texts
	return m, nil
}

// parser is the state of reading one mail and those within it: what is bounded is
// counted over all of them.
type parser struct {
	m      *Message
	thread bool // the header says that it answers another mail
	parts  int
	bytes  int // of text kept
	texts  []rendering
}

// rendering is one way in which a mail shows its words.
type rendering struct {
	html bool
	kind string // "plain", "html", "alt", "hidden", "attached", "invitation"
	text string
}

func (p *parser) gap(kind exchange.GapKind, name string) {
	ex := exchange.Exchange{Unread: p.m.Unread}
	ex.Add(exchange.Gap{Kind: kind, Name: name})
	p.m.Unread = ex.Unread
}

// headerBlock is a header's fields.
type headerBlock struct {
	fields []Field
	loose  bool // the body begins without a blank line in front
	over   bool // it has more fields than are kept
}

// maxFields bounds the fields that are kept of a header: of more those that say how the mail
// is to be read.
const maxFields = 5000

// splitHeader takes a mail or a part of one apart into header and body. A line that
// is no field ends the header, as mail programs have it: what follows is shown.
func splitHeader(raw []byte) (h headerBlock, body []byte) {
	rest := raw
	var value *strings.Builder
	left := false // the field is left out, with what is folded behind it
	flush := func() {
		if value != nil && len(h.fields) > 0 {
			h.fields[len(h.fields)-1].Value = strings.TrimSpace(value.String())
		}
		value = nil
	}
	defer flush()
	for len(rest) > 0 {
		line, next := cutLine(rest)
		if len(bytes.TrimRight(line, " \t")) == 0 && (len(line) == 0 || !folds(next)) {
			return h, next
		}
		if line[0] == ' ' || line[0] == '\t' {
			if value == nil && !left {
				h.loose = true
				return h, rest
			}
			if value != nil && value.Len() < maxField {
				value.WriteByte(' ')
				value.Write(bytes.TrimSpace(line))
			}
			rest = next
			continue
		}
		i := bytes.IndexByte(line, ':')
		if i <= 0 || !fieldName(line[:i]) {
			if len(h.fields) == 1 && bytes.HasPrefix(line, []byte(">From ")) || strayLine(line, next) && len(h.fields) > 0 {
				rest = next // a separator, or a line that got lost in the header
				continue
			}
			h.loose = true
			return h, rest
		}
		flush()
		name := strings.ToLower(string(bytes.TrimSpace(line[:i])))
		if left = len(h.fields) >= maxFields && (!knownField(name) || name == "received" || len(h.fields) >= 2*maxFields); left {
			h.over = true
			rest = next
			continue
		}
		value = &strings.Builder{}
		v := line[i+1:]
		value.Write(v[:min(len(v), maxField)])
		h.fields = append(h.fields, Field{Name: name})
		rest = next
	}
	return h, nil
}

// strayLine reports whether a line that is no field stands within a header that
// goes on behind it.
func strayLine(line, next []byte) bool {
	if bytes.HasPrefix(line, []byte("--")) || len(line) > 200 {
		return false
	}
	after, _ := cutLine(next)
	i := bytes.IndexByte(after, ':')
	return i > 0 && fieldName(after[:i]) && knownField(strings.ToLower(string(bytes.TrimSpace(after[:i]))))
}

// folds reports whether what follows an all-white line still belongs to the header.
func folds(next []byte) bool {
	line, _ := cutLine(next)
	return len(line) > 0 && (line[0] == ' ' || line[0] == '\t') && len(bytes.TrimSpace(line)) > 0
}

// cutLine cuts the first line off, without its end: LF, CRLF, or CR alone.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if j := bytes.IndexByte(b[:max(i, 0)], '\r'); i >= 0 && j >= 0 && j < i-1 || i < 0 && bytes.IndexByte(b, '\r') >= 0 {
		if i < 0 {
			j = bytes.IndexByte(b, '\r')
		}
		return b[:j], b[j+1:]
	}
	if i < 0 {
		return b, nil
	}
	return bytes.TrimSuffix(b[:i], []byte("\r")), b[i+1:]
}

func fieldName(b []byte) bool {
	for _, c := range bytes.TrimRight(b, " \t") {
		if c <= ' ' || c >= 0x7F {
			return false
		}
	}
	return true
}

func knownField(name string) bool {
	switch name {
	case "from", "to", "subject", "date", "received", "message-id", "return-path", "mime-version", "content-type", "reply-to", "delivered-to", "x-original-to", "sender", "cc", "content-transfer-encoding", "content-disposition":
		return true
	}
	return false
}

func (h *headerBlock) known() (n int) {
	for _, f := range h.fields {
		if knownField(f.Name) {
			n++
		}
	}
	return n
}

// mail reports whether a header is a mail's.
func (h *headerBlock) mail() bool { return h.known() >= 2 }

func (h *headerBlock) first(name string) string {
	for _, f := range h.fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// others are the values of a field beside the first that say something else: mail programs
// do not agree on which of them counts.
func (h *headerBlock) others(name string) (out []string) {
	first, seen := "", false
	for _, f := range h.fields {
		switch {
		case f.Name != name:
		case !seen:
			first, seen = f.Value, true
		case f.Value != first && !slices.Contains(out, f.Value) && len(out) < maxOthers:
			out = append(out, f.Value)
		}
	}
	return out
}

const maxOthers = 5

func (p *parser) header(h *headerBlock) {
	m := p.m
	m.Subject = decodeHeader(h.first("subject"))
	for _, s := range h.others("subject") {
		m.Subject += "\n" + decodeHeader(s)
	}
	if h.over {
		p.gap(exchange.GapRest, "")
	}
	if len(h.others("from"))+len(h.others("subject")) > 0 {
		p.gap(exchange.GapPart, "")
	}
	m.FromRaw = decodeHeader(h.first("from"))
	m.FromName, m.FromAddress = address(h.first("from"))
	m.FromBroken = brokenSender(h.first("from"), m.FromAddress)
	_, m.ReplyTo = address(h.first("reply-to"))
	m.To = decodeHeader(h.first("to"))
	m.ReturnPath = h.first("return-path")
	m.MessageID = strings.Trim(h.first("message-id"), "<> ")
	if d, err := netmail.ParseDate(h.first("date")); err == nil {
		m.Date = d
	}
	p.thread = false
	for _, f := range h.fields {
		switch f.Name {
		case "from":
			m.Authors += authors(f.Value)
		case "in-reply-to", "references":
			p.thread = true
		case "list-post", "mailing-list":
			m.Talk = true
		case "authentication-results":
			m.AuthResults = append(m.AuthResults, f.Value)
			m.Trace = append(m.Trace, f)
		case "received":
			m.Received = append(m.Received, f.Value)
			m.Trace = append(m.Trace, f)
		}
	}
}

// maxAddresses bounds what is looked at of a field with addresses, in bytes.
const maxAddresses = 8 << 10

// authors counts the addresses of a From field.
func authors(field string) int {
	field = field[:min(len(field), maxAddresses)]
	parser := netmail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: charsetReader}}
	if list, err := parser.ParseList(field); err == nil {
		return len(list)
	}
	return max(1, strings.Count(quotedOrComment.ReplaceAllString(field, ""), "@"))
}

// address reads the first address of a field, as broken as it may be.
func address(field string) (name, addr string) {
	if field == "" {
		return "", ""
	}
	field = field[:min(len(field), maxAddresses)]
	parser := netmail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: charsetReader}}
	if list, err := parser.ParseList(mendWords(field)); err == nil && len(list) > 0 {
		return decodeHeader(list[0].Name), strings.ToLower(list[0].Address)
	}
	s := decodeHeader(field)
	if i, j := strings.LastIndexByte(s, '<'), strings.LastIndexByte(s, '>'); i >= 0 && j > i {
		return strings.Trim(s[:i], " \"'"), strings.ToLower(strings.TrimSpace(s[i+1 : j]))
	}
	if strings.Contains(s, "@") && !strings.ContainsAny(strings.TrimSpace(s), " ") {
		return "", strings.ToLower(strings.TrimSpace(s))
	}
	return s, ""
}

var quotedOrComment = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\([^()<]*\)`)

// maxPictures bounds what is kept of where pictures come from.
const maxPictures = 50

// answers reports whether a subject is that of an answer.
func answers(subject string) bool {
	s := strings.ToLower(strings.TrimSpace(subject))
	if i := strings.IndexByte(s, ']'); strings.HasPrefix(s, "[") && i > 0 {
		s = strings.TrimSpace(s[i+1:]) // the mailing list's mark
	}
	for _, w := range []string{"re:", "re[", "aw:", "fw:", "fwd:", "返信:", "転送:", "re："} {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}

// brokenSender reports whether a From field cannot be a mail program's: a name
// without an address in a list of senders (RFC 5322 section 3.6.2: a comma
// within a name is quoted), or a domain that cannot be one.
func brokenSender(field, addr string) bool {
	if field == "" {
		return false
	}
	bare := quotedOrComment.ReplaceAllString(field[:min(len(field), maxAddresses)], "")
	several := strings.Contains(bare, ",")
	for i, part := range strings.Split(bare, ",") {
		if !strings.Contains(part, "@") && (i > 0 || several) || strings.Count(part, "<") > 1 || strings.Contains(part, "(<") {
			return true
		}
	}
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		return false
	}
	host := addr[at+1:]
	if strings.HasPrefix(host, ".") || strings.HasSuffix(host, ".") || host == "" {
		return true
	}
	for _, r := range host {
		if r < 0x80 && (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune(".-_[]:", r) {
			return true
		}
	}
	return false
}

// Mbox calls each for every mail of an mbox file (RFC 4155), in order, until
// it returns an error or the file ends. A mail larger than maxMail bytes is
// cut there, and whole is false.
func Mbox(r io.Reader, each func(raw []byte, whole bool) error) error {
	const maxMail = 32 << 20
	br := bufio.NewReaderSize(r, 64<<10)
	var cur bytes.Buffer
	begun, blank, midLine, whole := false, true, false, true
	flush := func() error {
		if cur.Len() == 0 {
			return nil
		}
		err := each(bytes.Clone(cur.Bytes()), whole)
		cur.Reset()
		whole = true
		return err
	}
	for {
		line, err := br.ReadSlice('\n')
		if len(line) > 0 {
			if !midLine && blank && bytes.HasPrefix(line, []byte("From ")) {
				if err := flush(); err != nil {
					return err
				}
				begun = true
			} else if begun {
				l := line
				if !midLine && bytes.HasPrefix(l, []byte(">From ")) {
					l = l[1:]
				}
				if cur.Len()+len(l) <= maxMail {
					cur.Write(l)
				} else {
					whole = false
				}
			}
			if !midLine {
				blank = len(bytes.TrimRight(line, "\r\n")) == 0
			}
		}
		midLine = errors.Is(err, bufio.ErrBufferFull)
		if errors.Is(err, io.EOF) {
			return flush()
		}
		if err != nil && !midLine {
			return fmt.Errorf("mail: %w", err)
		}
	}
}
