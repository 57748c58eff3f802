// Package mail reads messages as they arrive (RFC 5322 with MIME): charsets
// of Japan, broken headers, HTML with links. It keeps what tells where a mail
// comes from and where it leads.
//
// Everything is bounded: nesting, number of parts, bytes of text. What was
// left out is told in [Message.Problems]; a mail is never refused for being
// broken.
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

	"github.com/emersion/go-message"

	"github.com/madoguchi/madoguchi"
)

// Limits of a parse. Mails beyond them are read as far as they go.
const (
	MaxDepth = 20      // nested multiparts and messages
	MaxParts = 300     // parts in all
	MaxText  = 2 << 20 // bytes of decoded text kept of one part
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
	Text        string           // readable text: text/plain, or what the HTML shows
	Links       []madoguchi.Link // links of the HTML, in order
	ImageTexts  []string         // alt texts of images: logos
	Attachments []Attachment
	ReturnPath  string
	Talk        bool     // an answer within a thread, or a post to a mailing list
	FromBroken  bool     // the From field has two addresses in one, or none that can exist
	Pictures    []string // hosts that its pictures would be loaded from, in order, each once
	Received    []string // topmost first
	AuthResults []string // Authentication-Results fields as they stand, topmost first
	Problems    []string // what was broken or left out, for people
}

// Attachment is a part that is not shown as text.
type Attachment struct {
	Name      string
	MediaType string
	Size      int // bytes, decoded; at most MaxText is counted
}

// Exchange turns the mail into what package check judges: an incoming mail of
// a window that made contact.
func (m *Message) Exchange() madoguchi.Exchange {
	from := m.FromRaw
	if from == "" {
		from = m.FromAddress
	}
	return madoguchi.Exchange{
		Direction: madoguchi.Incoming, Channel: madoguchi.ChannelEmail, Initiator: madoguchi.InitiatorWindow,
		From: from, Subject: m.Subject, Text: m.Text, Links: m.Links,
		Mail: &madoguchi.Mail{FromName: m.FromName, FromAddress: m.FromAddress, ReplyTo: m.ReplyTo, Attachments: len(m.Attachments),
			Talk: m.Talk, FromBroken: m.FromBroken, Pictures: m.Pictures,
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
	raw = bytes.TrimLeft(raw, "\ufeff\r\n")
	if bytes.HasPrefix(raw, []byte("From ")) { // an mbox separator line
		if i := bytes.IndexByte(raw, '\n'); i >= 0 {
			raw = raw[i+1:]
		}
	}
	head, body, ok := cleanHeader(raw)
	if !ok {
		return nil, ErrNotMail
	}
	p := &parser{m: &Message{}}
	p.m.Problems = head.problems
	e, err := message.Read(io.MultiReader(bytes.NewReader(head.bytes), bytes.NewReader(body)))
	if err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		p.problem("the mail's structure is broken; its text was read as it stands")
		p.header(head)
		p.m.Text = DecodeText(body, "")
		return p.m, nil
	}
	p.header(head)
	p.entity(e, 0)
	p.finish()
	return p.m, nil
}

type parser struct {
	m      *Message
	thread bool // the header says that it answers another mail
	parts  int
	plain  []string
	html   []string
}

func (p *parser) problem(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	for _, x := range p.m.Problems {
		if x == s {
			return
		}
	}
	p.m.Problems = append(p.m.Problems, s)
}

// headerBlock is a header with only well-formed lines.
type headerBlock struct {
	bytes    []byte
	fields   [][2]string // name in lower case, value unfolded and raw
	problems []string
}

// cleanHeader takes the header apart and drops lines that are none, so that
// one broken line does not hide the rest. ok is false where no field stands.
func cleanHeader(raw []byte) (h headerBlock, body []byte, ok bool) {
	var out bytes.Buffer
	rest := raw
	dropped := 0
	for len(rest) > 0 {
		line := rest
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			line, rest = rest[:i], rest[i+1:]
		} else {
			rest = nil
		}
		line = bytes.TrimRight(line, "\r")
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			if n := len(h.fields); n > 0 {
				h.fields[n-1][1] += " " + strings.TrimSpace(string(line))
				out.Write(line)
				out.WriteString("\r\n")
			}
			continue
		}
		i := bytes.IndexByte(line, ':')
		if i <= 0 || !fieldName(line[:i]) {
			if len(h.fields) == 0 {
				return h, nil, false
			}
			dropped++
			if dropped > 50 {
				break
			}
			continue
		}
		h.fields = append(h.fields, [2]string{strings.ToLower(string(bytes.TrimSpace(line[:i]))), strings.TrimSpace(string(line[i+1:]))})
		out.Write(bytes.TrimSpace(line[:i]))
		out.Write(line[i:])
		out.WriteString("\r\n")
	}
	if dropped > 0 {
		h.problems = append(h.problems, "some lines of the header are broken and were left out")
	}
	out.WriteString("\r\n")
	h.bytes = out.Bytes()
	known := 0
	for _, f := range h.fields {
		switch f[0] {
		case "from", "to", "subject", "date", "received", "message-id", "return-path", "mime-version", "content-type", "reply-to", "delivered-to", "x-original-to", "sender", "cc":
			known++
		}
	}
	return h, rest, known >= 2 || known == 1 && len(h.fields) == 1 && len(rest) > 0
}

func fieldName(b []byte) bool {
	for _, c := range bytes.TrimRight(b, " \t") {
		if c <= ' ' || c >= 0x7F {
			return false
		}
	}
	return true
}

func (h *headerBlock) first(name string) string {
	for _, f := range h.fields {
		if f[0] == name {
			return f[1]
		}
	}
	return ""
}

func (p *parser) header(h headerBlock) {
	m := p.m
	m.Subject = decodeHeader(h.first("subject"))
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
	for _, f := range h.fields {
		switch f[0] {
		case "in-reply-to", "references":
			p.thread = true
		case "list-post", "mailing-list":
			m.Talk = true
		case "authentication-results":
			m.AuthResults = append(m.AuthResults, f[1])
		case "received":
			m.Received = append(m.Received, f[1])
		}
	}
	if m.FromAddress == "" {
		p.problem("no readable sender address")
	}
}

// address reads the first address of a field, as broken as it may be.
func address(field string) (name, addr string) {
	if field == "" {
		return "", ""
	}
	parser := netmail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: charsetReader}}
	if list, err := parser.ParseList(field); err == nil && len(list) > 0 {
		return fixText(list[0].Name), strings.ToLower(list[0].Address)
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

// entity reads a part and what is in it.
func (p *parser) entity(e *message.Entity, depth int) {
	p.parts++
	if p.parts > MaxParts {
		p.problem("more than %d parts; the rest was left out", MaxParts)
		return
	}
	if depth > MaxDepth {
		p.problem("parts nested deeper than %d; the rest was left out", MaxDepth)
		return
	}
	mediaType, params, err := e.Header.ContentType()
	if err != nil || mediaType == "" {
		mediaType = "text/plain"
	}
	mediaType = strings.ToLower(mediaType)
	if mr := e.MultipartReader(); mr != nil {
		for {
			child, err := mr.NextPart()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
				p.problem("the mail ends in the middle of a part")
				return
			}
			if p.parts > MaxParts {
				p.problem("more than %d parts; the rest was left out", MaxParts)
				return
			}
			p.entity(child, depth+1)
		}
	}
	disposition, dparams, _ := e.Header.ContentDisposition()
	name := decodeHeader(dparams["filename"])
	if name == "" {
		name = decodeHeader(params["name"])
	}
	b, truncated := readBounded(e.Body)
	if truncated {
		p.problem("a part is larger than %d bytes; the rest was left out", MaxText)
	}
	switch {
	case disposition == "attachment" || name != "" && !strings.HasPrefix(mediaType, "text/"):
		p.m.Attachments = append(p.m.Attachments, Attachment{Name: name, MediaType: mediaType, Size: len(b)})
	case mediaType == "message/rfc822":
		if inner, err := Parse(b); err == nil && depth < MaxDepth {
			p.plain = append(p.plain, inner.Subject+"\n"+inner.Text)
			p.m.Links = append(p.m.Links, inner.Links...)
			p.m.Attachments = append(p.m.Attachments, inner.Attachments...)
		}
	case mediaType == "text/html":
		p.html = append(p.html, DecodeText(b, params["charset"]))
	case strings.HasPrefix(mediaType, "text/"):
		p.plain = append(p.plain, DecodeText(b, params["charset"]))
	default:
		p.m.Attachments = append(p.m.Attachments, Attachment{Name: name, MediaType: mediaType, Size: len(b)})
	}
}

func readBounded(r io.Reader) (b []byte, truncated bool) {
	b, _ = io.ReadAll(io.LimitReader(r, MaxText+1)) // a broken encoding gives what it has
	if len(b) > MaxText {
		return b[:MaxText], true
	}
	return b, false
}

// finish brings plain and HTML together: the HTML gives links; its text is
// taken where there is no plain text worth reading.
func (p *parser) finish() {
	var shown []string
	for _, h := range p.html {
		t := readHTML(h)
		shown = append(shown, t.shown)
		p.m.Links = append(p.m.Links, t.links...)
		p.m.ImageTexts = append(p.m.ImageTexts, t.alts...)
		for _, host := range t.pictures {
			if !slices.Contains(p.m.Pictures, host) && len(p.m.Pictures) < maxPictures {
				p.m.Pictures = append(p.m.Pictures, host)
			}
		}
	}
	plain := strings.TrimSpace(strings.Join(p.plain, "\n"))
	html := strings.TrimSpace(strings.Join(shown, "\n"))
	if len(plain) >= 40 || len(html) == 0 {
		p.m.Text = plain
	} else {
		p.m.Text = html
	}
	if p.m.Text == "" && len(p.m.ImageTexts) > 0 {
		p.m.Text = strings.Join(p.m.ImageTexts, "\n")
	}
	// Advertisers write the fields of an answer into their mails too: an answer
	// also reads as one.
	if p.thread && len(p.plain) > 0 {
		p.m.Talk = p.m.Talk || answers(p.m.Subject) || strings.Contains("\n"+plain, "\n>")
	}
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
	bare := quotedOrComment.ReplaceAllString(field, "")
	for i, part := range strings.Split(bare, ",") {
		if !strings.Contains(part, "@") && (i > 0 || strings.Contains(bare, ",")) || strings.Count(part, "<") > 1 || strings.Contains(part, "(<") {
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
// cut there.
func Mbox(r io.Reader, each func(raw []byte) error) error {
	const maxMail = 32 << 20
	br := bufio.NewReaderSize(r, 64<<10)
	var cur bytes.Buffer
	begun, blank, midLine := false, true, false
	flush := func() error {
		if cur.Len() == 0 {
			return nil
		}
		err := each(bytes.Clone(cur.Bytes()))
		cur.Reset()
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
