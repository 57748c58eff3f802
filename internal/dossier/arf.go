package dossier

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/textproto"
	"time"

	"github.com/madoguchi/madoguchi/internal/mail"
)

// ErrNotMail is returned where what is to be reported is no mail.
var ErrNotMail = errors.New("dossier: the attachment is no mail")

// ARF writes a report of a mail in the Abuse Reporting Format (RFC 5965), the
// mail itself attached as it came. It is a mail that the person sends; from and
// to may be empty and are then filled in by their mail program. The mail is not
// masked: whoever collects such reports needs it whole.
func ARF(w io.Writer, raw []byte, from, to, program string, now time.Time) error {
	m, err := mail.Parse(raw)
	if err != nil {
		return ErrNotMail
	}
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	part := func(kind, text string) error {
		p, err := parts.CreatePart(textproto.MIMEHeader{"Content-Type": {kind}})
		if err == nil {
			_, err = io.WriteString(p, text)
		}
		return err
	}
	feedback := fmt.Sprintf("Feedback-Type: fraud\r\nUser-Agent: %s\r\nVersion: 1\r\n", program)
	if m.FromAddress != "" {
		feedback += "Original-Mail-From: <" + printable(m.FromAddress) + ">\r\n"
	}
	if !m.Date.IsZero() {
		feedback += "Arrival-Date: " + m.Date.Format(time.RFC1123Z) + "\r\n"
	}
	feedback += "Incidents: 1\r\n"
	err = errors.Join(
		part("text/plain; charset=utf-8", "フィッシングと思われるメールを届け出ます。届いたままのメールを添付します。\r\n\r\nThis is a report of a mail that appears to be phishing. The original is attached.\r\n"),
		part("message/feedback-report", feedback),
		part("message/rfc822", string(raw)),
		parts.Close(),
	)
	if err != nil {
		return err
	}
	header := "Date: " + now.Format(time.RFC1123Z) + "\r\n"
	if from != "" {
		header += "From: " + printable(from) + "\r\n"
	}
	if to != "" {
		header += "To: " + printable(to) + "\r\n"
	}
	header += "Subject: " + mime.BEncoding.Encode("utf-8", "フィッシングの届け出") + "\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: " + mime.FormatMediaType("multipart/report", map[string]string{"report-type": "feedback-report", "boundary": parts.Boundary()}) + "\r\n\r\n"
	if _, err := io.WriteString(w, header); err != nil {
		return err
	}
	_, err = body.WriteTo(w)
	return err
}

// printable keeps a field from becoming two.
func printable(s string) string {
	out := []rune{}
	for _, r := range s {
		if r >= ' ' && r != 0x7F {
			out = append(out, r)
		}
	}
	return string(out)
}
