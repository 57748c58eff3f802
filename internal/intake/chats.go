package intake

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/madoguchi/madoguchi/exchange"
)

// said is one message of an exported chat.
type said struct {
	who  string
	mine bool
	text string
	more []string // further lines of it
}

// whole is the text with all its lines.
func (s *said) whole() string {
	if len(s.more) == 0 {
		return s.text
	}
	return s.text + "\n" + strings.Join(s.more, "\n")
}

// chat makes an exchange of an exported chat: a line a message, 「名前: 言葉」, and
// who said which.
func chat(from string, list []said) exchange.Exchange {
	ex := exchange.Exchange{Direction: exchange.Incoming, Channel: exchange.ChannelChat, From: from}
	transcribe(&ex, list)
	return ex
}

func transcribe(ex *exchange.Exchange, list []said) {
	var b strings.Builder
	for i := range list {
		s := &list[i]
		label := s.who
		if s.mine {
			label = "私"
		}
		if label != "" {
			b.WriteString(label + ": ")
		}
		start := b.Len()
		b.WriteString(s.whole())
		ex.Turns = append(ex.Turns, exchange.Turn{Who: label, Mine: s.mine, Span: exchange.Span{Start: start, End: b.Len()}})
		b.WriteByte('\n')
	}
	ex.Text = b.String()
}

// lines cuts a text into lines, whatever ends them: LF, CRLF or CR.
func lines(s string) []string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Split(strings.ReplaceAll(s, "\r", "\n"), "\n")
}

const (
	noon = `(?:午前|午後|오전|오후|上午|下午|凌晨|[AaPp]\.?[Mm]\.?|AM|PM)`
	hour = `\d{1,2}[:：.]\d{2}(?:[:：.]\d{2})?`
	// gapSpace is what stands between the parts of a time.
	gapSpace = `[ \x{00A0}\x{202F}\x{3000}]?`
	clock    = `(?:` + noon + gapSpace + `)?` + hour + `(?:` + gapSpace + noon + `)?`
)

var (
	// lineHeader is the first line of a chat exported from LINE on a phone, in its
	// languages; the name stands in one of the groups.
	lineHeader = regexp.MustCompile(`^\x{FEFF}?(?:\[LINE\]\s*)?(?:(.{1,60}?)(?:とのトーク履歴|のトーク履歴|とのトーク|님과의 대화(?: 내용)?|님과 대화|의 대화)|(?:Chat history (?:with|in)|ประวัติการแชท(?:กับ|ใน)|Riwayat obrolan (?:dengan|di)|Historial del chat con|Histórico de conversas? com|Lịch sử trò chuyện với)\s+(.{1,60})|[與与]\s?(.{1,60}?)的(?:聊天(?:記錄|记录|紀錄)?|對話))\s*$`)
	lineMark   = regexp.MustCompile(`^\x{FEFF}?\[LINE\]`)
	lineSaved  = regexp.MustCompile(`^(?:保存日時|Saved on|저장한 날짜|儲存日期|保存日期|บันทึกเมื่อ|Disimpan pada|Guardado el|Salvo em)\s*[:：]`)
	// chatDay is a line that is a day and nothing else.
	chatDay  = regexp.MustCompile(`^(?:\d{4}[./年-]\s?\d{1,2}[./月-]\s?\d{1,2}日?\.?\s*(?:[(（]?(?:[月火水木金土日一二三四五六]|星期.|週.|周.|[A-Za-z]{3,9}|[월화수목금토일])(?:曜日?|요일)?[)）]?)?|(?:[A-Za-z]{3,9},?\s+)?\d{1,2}/\d{1,2}/\d{4}|\d{4}년\s?\d{1,2}월\s?\d{1,2}일(?:\s?.요일)?)$`)
	lineTurn = regexp.MustCompile(`^(` + clock + `)\t([^\t]*)(?:\t(.*))?$`)
	pcTurn   = regexp.MustCompile(`^(` + clock + `) (\S.*)$`)
	// lineNoWords are messages that stand for something which an export does not hold.
	lineNoWords = regexp.MustCompile(`^\[(?:写真|動画|ファイル|ボイスメッセージ|アルバム|Photo|Video|File|Voice message|Album|사진|동영상|파일|음성 메시지|照片|圖片|影片|檔案|語音訊息|图片|视频|文件|รูป|วิดีโอ|ไฟล์)\]$`)
	lineSticker = regexp.MustCompile(`^\[(?:スタンプ|Sticker|스티커|貼圖|贴图|สติกเกอร์|絵文字|Emoji)\]$`)
)

// readLINE reads a chat exported from LINE: on a phone (columns between tabs, the
// other side's name in the first line) or on a PC (blanks, no first line).
func readLINE(s string) (Item, bool) {
	all := lines(strings.TrimPrefix(strings.TrimSpace(s), "\ufeff"))
	title := ""
	if m := lineHeader.FindStringSubmatch(all[0]); m != nil {
		title = strings.TrimSpace(m[1] + m[2] + m[3])
	} else if !lineMark.MatchString(all[0]) && !onPC(all) {
		return Item{}, false
	}
	turn := lineTurn
	tabs := slices.ContainsFunc(all, func(l string) bool { return lineTurn.MatchString(l) })
	var names map[string]string
	if !tabs {
		turn, names = pcTurn, namesOf(all)
	}
	var list []said
	unread, begun := 0, false
	quoted := false
	for i, l := range all {
		m := turn.FindStringSubmatch(l)
		switch {
		case i == 0 && (title != "" || lineMark.MatchString(l)), lineSaved.MatchString(l):
		case m != nil && !(quoted && !tabs):
			begun, quoted = true, false
			who, text := m[2], ""
			if tabs {
				if text = m[3]; text == "" { // 「…が参加しました」 is nobody's
					continue
				}
			} else {
				who, text = cutName(m[2], names)
			}
			switch {
			case lineSticker.MatchString(text):
				continue
			case lineNoWords.MatchString(text):
				unread++
				continue
			}
			if strings.HasPrefix(text, `"`) && !(len(text) > 1 && strings.HasSuffix(text, `"`)) {
				quoted = closes(all[i+1:], turn)
				text = strings.TrimPrefix(text, `"`)
			} else if len(text) > 1 && strings.HasPrefix(text, `"`) {
				text = text[1 : len(text)-1]
			}
			list = append(list, said{who: who, text: text})
		case chatDay.MatchString(strings.TrimSpace(l)) && !quoted:
		case begun && len(list) > 0:
			if quoted && strings.HasSuffix(l, `"`) {
				l, quoted = strings.TrimSuffix(l, `"`), false
			}
			if strings.TrimSpace(l) != "" {
				list[len(list)-1].more = append(list[len(list)-1].more, l)
			}
		case strings.TrimSpace(l) != "": // before the first message: it is read, too
			list = append(list, said{text: l})
		}
	}
	if len(list) == 0 && unread == 0 {
		return Item{}, false
	}
	known := slices.ContainsFunc(list, func(x said) bool { return title != "" && x.who == title })
	for i := range list {
		list[i].mine = known && list[i].who != title && list[i].who != ""
	}
	it := Item{Kind: LINE, Exchange: chat("LINE「"+title+"」", list)}
	if title == "" {
		it.Exchange.From = "LINE"
	}
	if unread > 0 {
		it.Exchange.Add(exchange.Gap{Kind: exchange.GapMessages, Name: strconv.Itoa(unread)})
	}
	return it, true
}

// closes reports whether a quotation that is open ends before the next message.
func closes(rest []string, turn *regexp.Regexp) bool {
	for _, l := range rest {
		if strings.HasSuffix(l, `"`) {
			return true
		}
		if turn.MatchString(l) {
			return false
		}
	}
	return false
}

// onPC reports whether lines are a chat exported from LINE on a PC: days, and under
// them times with names.
func onPC(all []string) bool {
	days, turns := 0, 0
	for _, l := range all {
		if chatDay.MatchString(strings.TrimSpace(l)) {
			days++
		} else if days > 0 && (pcTurn.MatchString(l) || lineTurn.MatchString(l)) {
			turns++
		}
	}
	first := strings.TrimSpace(all[0])
	return turns > 0 && (chatDay.MatchString(first) || days > 1)
}

// namesOf finds the names in a chat whose columns only blanks divide: the first
// word behind a time, and further ones that follow it each time.
func namesOf(all []string) map[string]string {
	after := map[string][][]string{}
	for _, l := range all {
		if m := pcTurn.FindStringSubmatch(l); m != nil {
			w := strings.Fields(m[2])
			after[w[0]] = append(after[w[0]], w)
		}
	}
	names := map[string]string{}
	for first, list := range after {
		n := 1
		for len(list) > 1 && n < 4 {
			same := true
			for _, w := range list {
				same = same && len(w) > n+1 && w[n] == list[0][n]
			}
			if !same {
				break
			}
			n++
		}
		names[first] = strings.Join(list[0][:n], " ")
	}
	return names
}

func cutName(s string, names map[string]string) (who, text string) {
	first, _, _ := strings.Cut(s, " ")
	who = names[first]
	if rest, ok := strings.CutPrefix(s, who); ok && who != "" {
		return who, strings.TrimSpace(rest)
	}
	return "", s
}

// whatsappTurn is a message of a chat exported from WhatsApp, on iOS (in brackets)
// or on Android (with a hyphen).
var (
	whatsappTurn  = regexp.MustCompile(`^[\x{200E}\x{200F}\x{FEFF}]*(?:\[(\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s` + clock + `)\]\s|(\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s` + clock + `)\s[-–]\s)(?:([^:：\n]{1,80})[:：]\s?)?(.*)$`)
	whatsappEmpty = regexp.MustCompile(`^[\x{200E}\x{200F}]*(?:<[^<>]{3,40}>|(?:image|video|audio|sticker|GIF|document|Contact card|画像|動画|音声|ステッカー|ドキュメント) (?:omitted|は含まれていません)|.{0,20}(?:omitted|は含まれていません|省略されました))[\x{200E}\x{200F}]*$`)
)

// readWhatsApp reads a chat exported from WhatsApp. Nothing in it says who of them
// exported it.
func readWhatsApp(s string) (Item, bool) {
	all := lines(strings.TrimPrefix(strings.TrimSpace(s), "\ufeff"))
	if !whatsappTurn.MatchString(all[0]) {
		return Item{}, false
	}
	var list []said
	unread := 0
	for _, l := range all {
		m := whatsappTurn.FindStringSubmatch(l)
		switch {
		case m == nil:
			if n := len(list); n > 0 && strings.TrimSpace(l) != "" {
				list[n-1].more = append(list[n-1].more, l)
			}
		case whatsappEmpty.MatchString(m[4]):
			if !strings.Contains(strings.ToLower(m[4]), "sticker") && !strings.Contains(m[4], "ステッカー") {
				unread++
			}
		case strings.TrimSpace(m[4]) == "":
		default: // what WhatsApp itself says has no name: it is read, too
			list = append(list, said{who: strings.TrimSpace(m[3]), text: m[4]})
		}
	}
	if len(list) == 0 && unread == 0 {
		return Item{}, false
	}
	it := Item{Kind: WhatsApp, Exchange: chat("WhatsApp", list)}
	if unread > 0 {
		it.Exchange.Add(exchange.Gap{Kind: exchange.GapMessages, Name: strconv.Itoa(unread)})
	}
	return it, true
}
