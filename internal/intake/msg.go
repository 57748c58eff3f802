package intake

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/richardlehane/mscfb"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/mail"
)

// isMSG reports whether bytes are a compound file (MS-CFB), as Outlook saves mails.
func isMSG(b []byte) bool { return bytes.HasPrefix(b, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) }

// isTNEF reports whether bytes are a winmail.dat (MS-OXTNEF).
func isTNEF(b []byte) bool { return bytes.HasPrefix(b, []byte("\x78\x9F\x3E\x22")) }

// Properties of a message (MS-OXPROPS) by the number that is in their stream's name.
const (
	msgSubject  = "0037"
	msgBody     = "1000"
	msgHTML     = "1013"
	msgName     = "0C1A"
	msgAddress  = "0C1F"
	msgSMTP     = "5D01"
	msgHeaders  = "007D"
	msgFile     = "3707"
	msgShort    = "3704"
	msgAttached = "3701"
)

// msgProps are the properties of a message that are strings, by number.
type msgProps map[string]string

// address is the sender's mail address, "" where only a directory's name is kept.
func (p msgProps) address() string {
	if p[msgSMTP] == "" && strings.Contains(p[msgAddress], "@") {
		return p[msgAddress]
	}
	return p[msgSMTP]
}

// maxStream bounds what is read of one property.
const maxStream = 4 << 20

// readMSG reads a mail that Outlook saved (MS-OXMSG): its header and words. Mails
// that are attached, and files, are told of.
func readMSG(b []byte) (Item, error) {
	doc, err := mscfb.New(bytes.NewReader(b))
	if err != nil {
		return Item{}, ErrBinary
	}
	props := msgProps{}
	var page []byte
	files := map[string]string{} // by storage
	whole := true
	const most = 5000
	n := 0
	for entry, err := doc.Next(); err == nil; entry, err = doc.Next() {
		if n++; n > most {
			whole = false
			break
		}
		kind, ok := strings.CutPrefix(entry.Name, "__substg1.0_")
		inFile := len(entry.Path) > 0 && strings.HasPrefix(entry.Path[0], "__attach_version1.0_")
		if len(entry.Path) > 0 && !inFile || len(entry.Path) > 1 || !ok || len(kind) < 8 {
			if inFile && len(entry.Path) == 1 && files[entry.Path[0]] == "" {
				files[entry.Path[0]] = " "
			}
			continue
		}
		id, typ := kind[:4], kind[4:8]
		if inFile {
			if id == msgFile || id == msgShort && strings.TrimSpace(files[entry.Path[0]]) == "" {
				files[entry.Path[0]] = msgString(entry, typ)
			} else if files[entry.Path[0]] == "" {
				files[entry.Path[0]] = " "
			}
			continue
		}
		switch id {
		case msgHTML:
			page, _ = io.ReadAll(io.LimitReader(entry, maxStream)) // what is there counts
		case msgSubject, msgBody, msgName, msgAddress, msgSMTP, msgHeaders:
			props[id] = msgString(entry, typ)
		}
	}
	if len(props) == 0 && len(page) == 0 {
		return Item{}, ErrBinary
	}
	m, err := mail.Parse(msgMail(props, page))
	if err != nil {
		return Item{}, ErrBinary
	}
	it := Item{Kind: Mail, Exchange: m.Exchange()}
	if !whole {
		it.Exchange.Add(exchange.Gap{Kind: exchange.GapRest})
	}
	for _, name := range files {
		it.Exchange.Mail.Attachments++
		it.Exchange.Add(exchange.Gap{Kind: exchange.GapAttachment, Name: strings.TrimSpace(name)})
	}
	if props.address() == "" {
		// Outlook keeps senders of its own organization by directory name only: who
		// sent it is then not known, which is no sender without a domain.
		it.Exchange.Mail, it.Exchange.From = nil, props[msgName]
	}
	return it, nil
}

// msgString reads a property that is a string: 001F is UTF-16, 001E a code page.
func msgString(r io.Reader, typ string) string {
	b, _ := io.ReadAll(io.LimitReader(r, maxStream)) // what is there counts
	if typ != "001F" {
		return mail.DecodeText(bytes.TrimRight(b, "\x00"), "")
	}
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return strings.TrimRight(string(utf16.Decode(u)), "\x00")
}

// msgMail writes a message as a mail, so that it is read as any other.
func msgMail(p msgProps, page []byte) []byte {
	var out bytes.Buffer
	field := func(name, value string) {
		if value = strings.Join(strings.Fields(value), " "); value != "" {
			out.WriteString(name + ": " + value + "\r\n")
		}
	}
	// Of the header as it came over the wire only the trace: the rest is told by
	// the message's own properties.
	for line := range strings.Lines(p[msgHeaders]) {
		l := strings.TrimRight(line, "\r\n")
		name, _, ok := strings.Cut(l, ":")
		switch strings.ToLower(name) {
		case "received", "authentication-results", "reply-to", "date", "return-path", "in-reply-to", "references", "list-post":
			if ok {
				out.WriteString(l + "\r\n")
			}
		default:
			if (strings.HasPrefix(l, " ") || strings.HasPrefix(l, "\t")) && out.Len() > 0 {
				out.WriteString(l + "\r\n")
			}
		}
	}
	from := strings.ReplaceAll(p[msgName], `"`, "")
	if from != "" {
		from = `"` + from + `" `
	}
	field("From", from+"<"+p.address()+">")
	field("Subject", p[msgSubject])
	out.WriteString("MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"=_msg_=\"\r\n\r\n")
	if p[msgBody] != "" {
		out.WriteString("--=_msg_=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + p[msgBody] + "\r\n")
	}
	if len(page) > 0 {
		out.WriteString("--=_msg_=\r\nContent-Type: text/html\r\n\r\n")
		out.Write(page)
		out.WriteString("\r\n")
	}
	out.WriteString("--=_msg_=--\r\n")
	return out.Bytes()
}
