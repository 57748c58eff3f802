package mail

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/document"
)

// entity reads a part and what is in it.
func (p *parser) entity(h *headerBlock, body []byte, depth int) {
	p.parts++
	if p.parts > MaxParts || depth > MaxDepth {
		if len(bytes.TrimSpace(body)) > 0 {
			p.gap(exchange.GapRest, "")
		}
		return
	}
	if types, codes := h.others("content-type"), h.others("content-transfer-encoding"); len(types)+len(codes) > 0 {
		p.gap(exchange.GapPart, "")
		for _, t := range append(types, h.first("content-type")) { // as each program would read it
			for _, c := range append(codes, h.first("content-transfer-encoding")) {
				p.entity(&headerBlock{fields: []Field{{"content-type", t}, {"content-transfer-encoding", c}, {"content-disposition", h.first("content-disposition")}}}, body, depth+1)
			}
		}
		return
	}
	mediaType, params := contentType(h.first("content-type"))
	disposition, dparams := contentType(h.first("content-disposition"))
	name := decodeHeader(dparams["filename"])
	if name == "" {
		name = decodeHeader(params["name"])
	}
	if strings.HasPrefix(mediaType, "multipart/") || mediaType == "" && guessBoundary(body) != "" {
		if mediaType == "multipart/encrypted" {
			p.gap(exchange.GapPart, name)
		}
		p.multipart(params["boundary"], body, depth)
		return
	}
	raw := body
	encoding := transferEncoding(h.first("content-transfer-encoding"))
	body, whole := decodeBody(encoding, body)
	if !whole {
		p.gap(exchange.GapPart, name)
	}
	if len(body) > MaxText && (strings.HasPrefix(mediaType, "text/") || mediaType == "") {
		body = body[:MaxText]
		p.gap(exchange.GapRest, "")
	}
	attached := disposition == "attachment" || name != ""
	ext := strings.ToLower(path.Ext(name))
	switch kind := kindOf(mediaType, ext, body); kind {
	case "message":
		p.nested(body, raw, name, depth)
	case "html":
		p.html(DecodeText(body, params["charset"]), attached, name)
		p.undecoded(body, params["charset"])
	case "calendar":
		p.add(rendering{kind: "invitation", text: CalendarText(DecodeText(body, params["charset"]))})
	case "rtf":
		s, ok := rtfText(body)
		if !ok {
			p.gap(exchange.GapPart, name)
		}
		p.add(rendering{kind: "attached", text: s})
	case "text":
		k := "plain"
		if attached {
			k = "attached"
		}
		p.add(rendering{kind: k, text: DecodeText(body, params["charset"])})
		p.undecoded(body, params["charset"])
		// A header that goes on behind a blank line: some programs show what it
		// announces.
		if depth == 0 && h.first("content-type") == "" {
			if more, rest := splitHeader(body); more.known() >= 2 && more.first("content-type") != "" {
				p.entity(&more, rest, depth+1)
			}
		}
	case "picture":
		p.m.Attachments = append(p.m.Attachments, Attachment{Name: name, MediaType: mediaType, Size: min(len(body), MaxText)})
		if disposition == "attachment" {
			p.gap(exchange.GapAttachment, name)
		}
	case "signature":
	case "document":
		p.m.Attachments = append(p.m.Attachments, Attachment{Name: name, MediaType: mediaType, Size: min(len(body), MaxText)})
		s, whole, err := document.Text(body)
		if err != nil || !whole {
			p.gap(exchange.GapAttachment, name)
		}
		if s != "" {
			p.add(rendering{kind: "attached", text: s})
		}
	default:
		p.m.Attachments = append(p.m.Attachments, Attachment{Name: name, MediaType: mediaType, Size: min(len(body), MaxText)})
		p.gap(exchange.GapAttachment, name)
	}
}

// kindOf tells how a part is read, by its type, by its file's name, or by what
// its bytes are.
func kindOf(mediaType, ext string, body []byte) string {
	if document.Is(body) {
		return "document"
	}
	switch mediaType {
	case "message/rfc822", "message/global":
		return "message"
	case "text/html", "application/xhtml+xml", "text/x-amp-html":
		return "html"
	case "text/calendar", "application/ics":
		return "calendar"
	case "text/rtf", "application/rtf", "text/richtext":
		return "rtf"
	case "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature":
		return "signature"
	}
	switch ext {
	case ".eml":
		return "message"
	case ".html", ".htm", ".xhtml", ".shtml":
		return "html"
	case ".ics", ".vcs", ".ical":
		return "calendar"
	case ".rtf":
		return "rtf"
	}
	switch {
	case bytes.HasPrefix(bytes.TrimLeft(body[:min(len(body), 64)], "\r\n \t"), []byte(`{\rtf`)):
		return "rtf"
	case mediaType == "application/octet-stream" && looksHTML(body):
		return "html"
	case strings.HasPrefix(mediaType, "text/"), mediaType == "", strings.HasPrefix(mediaType, "message/") && mediaType != "message/external-body" && mediaType != "message/partial":
		return "text"
	case !strings.Contains(mediaType, "/"): // Content-Type: text
		return "text"
	case ext == ".txt", ext == ".csv", ext == ".md":
		return "text"
	case strings.HasPrefix(mediaType, "image/"):
		return "picture"
	}
	return ""
}

func looksHTML(b []byte) bool {
	s := bytes.ToLower(bytes.TrimLeft(b[:min(len(b), 512)], "\ufeff\r\n \t"))
	return bytes.HasPrefix(s, []byte("<!doctype html")) || bytes.HasPrefix(s, []byte("<html")) || bytes.HasPrefix(s, []byte("<head")) || bytes.HasPrefix(s, []byte("<body"))
}

// nested takes in a mail within the mail: its words with those of the outer one,
// and itself, as its sender is another.
func (p *parser) nested(body, raw []byte, name string, depth int) {
	m, err := p.message(body, depth+1)
	if err != nil {
		m, err = p.message(raw, depth+1)
		body = raw
	}
	if err != nil {
		p.gap(exchange.GapAttachment, name)
		return
	}
	p.m.Attached = append(p.m.Attached, Attached{m, body})
	p.m.Attached = append(p.m.Attached, m.Attached...)
	m.Attached = nil
	p.texts = append(p.texts, rendering{kind: "attached", text: strings.TrimSpace(m.FromName + "\n" + m.Subject + "\n" + m.Text)})
	p.m.Links = append(p.m.Links, m.Links...)
	p.m.Attachments = append(p.m.Attachments, m.Attachments...)
	for _, g := range m.Unread {
		p.gap(g.Kind, g.Name)
	}
}

// multipart reads the parts between boundaries, and what stands around them: some
// programs show that.
func (p *parser) multipart(boundary string, body []byte, depth int) {
	parts, around, ok := splitParts(boundary, body)
	if !ok {
		if guessed := guessBoundary(body); guessed != "" {
			parts, around, ok = splitParts(guessed, body)
		}
	}
	if !ok { // no boundary stands in it: it is one part
		h, rest := splitHeader(body)
		if h.known() == 0 {
			h, rest = headerBlock{}, body
		}
		if h.first("content-type") == "" {
			h.fields = append(h.fields, Field{"content-type", "text/plain"})
		}
		p.entity(&h, rest, depth+1)
		return
	}
	for _, b := range parts {
		if p.parts >= MaxParts {
			p.gap(exchange.GapRest, "")
			return
		}
		h, rest := splitHeader(b)
		if h.loose && len(h.fields) == 0 {
			rest = b
		}
		p.entity(&h, rest, depth+1)
	}
	if words := strings.TrimSpace(DecodeText(around, "")); len(words) > 0 && !strings.HasPrefix(strings.ToLower(words), "this is a ") {
		p.add(rendering{kind: "attached", text: words[:min(len(words), MaxText)]})
	}
}

// splitParts cuts a body at the lines that are a boundary (RFC 2046 section 5.1.1).
// ok is false where none is.
func splitParts(boundary string, body []byte) (parts [][]byte, around []byte, ok bool) {
	if boundary == "" {
		return nil, nil, false
	}
	open, end := []byte("--"+boundary), []byte("--"+boundary+"--")
	start, closed := -1, false // where the part begins that is being read
	last := 0                  // where what stands around begins
	for at := 0; at < len(body); {
		line, rest := cutLine(body[at:])
		next := len(body) - len(rest)
		t := bytes.TrimRight(line, " \t")
		if bytes.Equal(t, open) || bytes.Equal(t, end) {
			if start >= 0 {
				parts = append(parts, body[start:at])
			} else {
				around = append(around, body[last:at]...)
			}
			start = next
			ok = true
			if closed = bytes.Equal(t, end); closed {
				start, last = -1, next
			}
			if len(parts) > MaxParts {
				return parts, around, true
			}
		}
		at = next
	}
	if start >= 0 && start < len(body) {
		parts = append(parts, body[start:])
	} else if closed {
		around = append(around, body[last:]...)
	}
	return parts, around, ok
}

// guessBoundary finds the boundary of a body whose header names none, or another:
// a line of two hyphens and more with a part's header behind it.
func guessBoundary(body []byte) string {
	for at, n := 0, 0; at < len(body) && n < 200; n++ {
		line, rest := cutLine(body[at:])
		if t := bytes.TrimRight(line, " \t"); len(t) > 2 && len(t) < 200 && bytes.HasPrefix(t, []byte("--")) && !bytes.Contains(t, []byte(" ")) {
			if h, _ := splitHeader(rest[:min(len(rest), 2000)]); h.first("content-type") != "" || h.first("content-transfer-encoding") != "" {
				return string(t[2:])
			}
		}
		at = len(body) - len(rest)
	}
	return ""
}

// contentType reads a type or disposition with its parameters as mail programs do:
// unquoted values with any characters, parts of RFC 2231, white space anywhere.
func contentType(field string) (value string, params map[string]string) {
	value, params, err := mime.ParseMediaType(field)
	if err == nil {
		for k, v := range params {
			params[k] = strings.ReplaceAll(v, "\t", " ")
		}
		if b := params["boundary"]; strings.ContainsAny(b, " \t") && !strings.Contains(field, b) {
			params["boundary"] = strings.Join(strings.Fields(b), "")
		}
		return strings.ToLower(value), params
	}
	params = map[string]string{}
	pieces := splitParams(field)
	value = strings.ToLower(strings.TrimSpace(pieces[0]))
	if i := strings.IndexAny(value, " \t"); i > 0 {
		value = value[:i]
	}
	more := map[string][]string{}
	for _, x := range pieces[1:] {
		k, v, ok := strings.Cut(x, "=")
		if !ok {
			continue
		}
		k, v = strings.ToLower(strings.TrimSpace(k)), strings.Trim(strings.TrimSpace(v), `"'`)
		if base, _, part := strings.Cut(k, "*"); part {
			more[base] = append(more[base], v)
			continue
		}
		params[k] = v
	}
	for k, list := range more {
		if params[k] == "" {
			params[k] = strings.Join(list, "")
		}
	}
	return value, params
}

// splitParams cuts at the semicolons outside quotes.
func splitParams(s string) []string {
	var out []string
	quoted, from := false, 0
	for i := range len(s) {
		switch s[i] {
		case '"':
			quoted = !quoted
		case ';':
			if !quoted {
				out = append(out, s[from:i])
				from = i + 1
			}
		}
	}
	return append(out, s[from:])
}

// transferEncoding reads the name of an encoding, also in quotes or with a comment.
func transferEncoding(s string) string {
	s = quotedOrComment.ReplaceAllStringFunc(s, func(q string) string {
		if q[0] == '"' {
			return strings.Trim(q, `"`)
		}
		return ""
	})
	s = strings.ToLower(strings.TrimSpace(s))
	if i := strings.IndexAny(s, " \t;,"); i > 0 {
		s = s[:i]
	}
	return s
}

// decodeBody takes the transfer encoding off. whole is false where that cannot be
// done.
func decodeBody(encoding string, b []byte) (out []byte, whole bool) {
	switch encoding {
	case "base64", "base-64", "b", "x-base64":
		return decodeBase64(b), true
	case "quoted-printable", "quotedprintable", "q", "qp", "quoted_printable":
		return decodeQuoted(b), true
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit", "none", "utf-8", "utf8", "us-ascii":
		return b, true
	case "uuencode", "x-uuencode", "x-uue", "uue", "x-yencode", "mac-binhex40":
		return b, false
	}
	// An encoding that nobody knows: the text may stand there as it is.
	if plainText(b) {
		return b, true
	}
	return b, false
}

// decodeBase64 reads base64 as mail programs do: strange characters are passed
// over, what stands behind a padding goes on. Text that is none is given back.
func decodeBase64(b []byte) []byte {
	var clean bytes.Buffer
	var out []byte
	flush := func() {
		n, _ := base64.RawStdEncoding.Decode(clean.Bytes(), clean.Bytes()[:clean.Len()-clean.Len()%4+rest(clean.Len())])
		out = append(out, clean.Bytes()[:n]...)
		clean.Reset()
	}
	for _, c := range b {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
			clean.WriteByte(c)
		case c == '-':
			clean.WriteByte('+')
		case c == '_':
			clean.WriteByte('/')
		case c == '=':
			flush()
		case c == '\r', c == '\n', c == ' ', c == '\t':
		}
	}
	flush()
	switch {
	case !isASCII(b): // words, not base64
		return b
	case readable(out) && (utf8.Valid(out) || !bytes.Contains(b, []byte(" "))):
		return out
	case plainText(b) && bytes.ContainsAny(b, " ,.!?"):
		return b
	}
	return out
}

// rest is how many characters of an unfinished group of n can be decoded.
func rest(n int) int {
	if n%4 == 1 {
		return 0
	}
	return n % 4
}

// readable reports whether bytes look like a text of any charset.
func readable(b []byte) bool {
	control := 0
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != 0x1b {
			control++
		}
	}
	return control*50 <= len(b)
}

// plainText reports whether bytes are words of a text that is not encoded.
func plainText(b []byte) bool {
	return readable(b) && (utf8.Valid(b) && !isASCII(b) || bytes.ContainsAny(b, " \n"))
}

// decodeQuoted reads quoted-printable; what is none stays as it is.
func decodeQuoted(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '=' {
			out = append(out, b[i])
			continue
		}
		if i+2 < len(b) && unhex(b[i+1]) >= 0 && unhex(b[i+2]) >= 0 {
			out = append(out, byte(unhex(b[i+1])<<4|unhex(b[i+2])))
			i += 2
			continue
		}
		j := i + 1
		for j < len(b) && (b[j] == ' ' || b[j] == '\t') {
			j++
		}
		switch {
		case j >= len(b):
			return out
		case b[j] == '\n':
			i = j
		case b[j] == '\r':
			i = j
			if j+1 < len(b) && b[j+1] == '\n' {
				i++
			}
		default:
			out = append(out, '=')
		}
	}
	return out
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// add keeps a rendering.
func (p *parser) add(r rendering) {
	r.text = strings.TrimSpace(r.text)
	if r.text == "" {
		return
	}
	if p.bytes+len(r.text) > maxTexts {
		p.gap(exchange.GapRest, "")
		return
	}
	p.bytes += len(r.text)
	p.texts = append(p.texts, r)
}

// undecoded notes a text whose characters could not be told.
func (p *parser) undecoded(b []byte, label string) {
	if unknownCharset(label) && (!isASCII(b) || !plainText(b) || bytes.Contains(b, []byte("+"))) && !utf8.Valid(b) || strings.HasPrefix(strings.ToLower(strings.Trim(label, `"' `)), "utf-7") {
		p.gap(exchange.GapLetters, "")
	}
}

// html takes in what a page shows, and where it leads.
func (p *parser) html(s string, attached bool, name string) {
	t := readHTML(s)
	if t.cut {
		p.gap(exchange.GapRest, "")
	}
	kind := "html"
	if attached {
		kind = "attached"
		if t.scripted { // a browser opens it, and its script writes what it likes
			p.gap(exchange.GapAttachment, name)
		}
	}
	p.add(rendering{html: !attached, kind: kind, text: t.shown})
	if t.faint != "" {
		p.add(rendering{kind: "hidden", text: t.faint})
	}
	p.m.Links = append(p.m.Links, t.links...)
	p.m.ImageTexts = append(p.m.ImageTexts, t.alts...)
	for _, host := range t.pictures {
		if !slices.Contains(p.m.Pictures, host) && len(p.m.Pictures) < maxPictures {
			p.m.Pictures = append(p.m.Pictures, host)
		}
	}
	if attached {
		p.m.Attachments = append(p.m.Attachments, Attachment{Name: name, MediaType: "text/html", Size: len(s)})
	}
}

// finish brings the renderings together: the page that is shown first, then what
// the others say beside it.
func (p *parser) finish() {
	m := p.m
	var plain, html, other []string
	for _, r := range p.texts {
		switch {
		case r.html:
			html = append(html, r.text)
		case r.kind == "plain":
			plain = append(plain, r.text)
		default:
			other = append(other, r.text)
		}
	}
	page, words := strings.Join(html, "\n"), strings.Join(plain, "\n")
	switch {
	case page == "":
		m.Text = words
	case within(page, words):
		m.Text = words // the plain text says all that the page does
	default:
		m.Text = page
		if !within(words, page) {
			m.Text += "\n\n" + words
			m.Differs = differs(words, page)
		}
	}
	alts := strings.TrimSpace(strings.Join(m.ImageTexts, "\n"))
	for _, s := range append(other, alts) {
		if s != "" && !within(s, m.Text) {
			m.Text = strings.TrimSpace(m.Text + "\n\n" + s)
		}
	}
	const fewLetters = 12 // a page of pictures has some words below them
	pictures := len(m.Pictures) > 0
	for _, a := range m.Attachments {
		pictures = pictures || strings.HasPrefix(a.MediaType, "image/")
	}
	if letters(m.Text) < fewLetters && (pictures || letters(m.Text) == 0) {
		p.gap(exchange.GapPicture, "")
	}
	// Advertisers write the fields of an answer into their mails too: an answer
	// also reads as one.
	if p.thread && len(plain) > 0 {
		m.Talk = m.Talk || answers(m.Subject) || strings.Contains("\n"+words, "\n>")
	}
}

// within reports whether all that a text says stands in another: each of its
// sentences, however it is broken into lines.
func within(s, whole string) bool {
	if letters(s) == 0 {
		return true
	}
	w := strings.Map(solid, whole)
	have := map[string]bool{}
	for _, x := range strings.FieldsFunc(w, stop) {
		have[x] = true
	}
	const most = 64 // sentences that are looked for within others
	n := 0
	for _, x := range strings.FieldsFunc(strings.Map(solid, s), stop) {
		if have[x] {
			continue
		}
		if n++; n > most || !strings.Contains(w, x) {
			return false
		}
	}
	return true
}

// solid leaves out white space, and the marks by which plain text is laid out.
func solid(r rune) rune {
	if r <= ' ' || strings.ContainsRune("\u3000\u00a0>*_", r) {
		return -1
	}
	return r
}

func stop(r rune) bool { return strings.ContainsRune("。！？!?.：:", r) }

// differs reports whether a plain text says other things than the page beside it,
// and is no stub that only tells to look at the page.
func differs(plain, page string) bool {
	const stub, common = 30, 0.5 // letters; share of pairs of letters
	return letters(plain) >= stub && letters(page) >= stub && shared(plain, page) < common && shared(page, plain) < common
}

// shared is which share of a text's pairs of letters stand in another.
func shared(s, whole string) float64 {
	have := map[[2]rune]bool{}
	pairs(whole, func(p [2]rune) { have[p] = true })
	n, found := 0, 0
	pairs(s, func(p [2]rune) {
		n++
		if have[p] {
			found++
		}
	})
	if n == 0 {
		return 1
	}
	return float64(found) / float64(n)
}

func pairs(s string, f func([2]rune)) {
	last := rune(0)
	for _, r := range s {
		if r <= ' ' || r == '\u3000' || r == '>' {
			continue
		}
		if last != 0 {
			f([2]rune{last, r})
		}
		last = r
	}
}

// letters counts what is no white space and no punctuation of ASCII.
func letters(s string) (n int) {
	for _, r := range s {
		if r > '@' && r != '\u3000' || r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

// CalendarText unfolds an invitation (RFC 5545 section 3.1) and returns what it
// says to people.
func CalendarText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\n ", ""), "\n\t", "")
	var out []string
	for line := range strings.Lines(s) {
		name, value, ok := strings.Cut(strings.TrimRight(line, "\n"), ":")
		if !ok {
			continue
		}
		name, params, _ := strings.Cut(name, ";")
		switch strings.ToUpper(name) {
		case "SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT", "URL", "CONTACT", "ORGANIZER", "X-ALT-DESC", "ATTACH":
			v := strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(value)
			if strings.Contains(strings.ToLower(params), "quoted-printable") {
				v = DecodeText(decodeQuoted([]byte(v)), "")
			}
			if strings.EqualFold(name, "X-ALT-DESC") {
				v = readHTML(v).shown
			}
			out = append(out, v)
		}
	}
	if len(out) == 0 && strings.TrimSpace(s) != "" {
		return fmt.Sprint(s)
	}
	return strings.Join(out, "\n")
}

// Page returns what a saved HTML page shows, and where it leads.
func Page(s string) exchange.Exchange {
	p := &parser{m: &Message{}}
	p.html(s, false, "")
	p.finish()
	return exchange.Exchange{Text: p.m.Text, Links: p.m.Links, Unread: p.m.Unread}
}
