package pii

import (
	"strings"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/internal/knowledge"
)

// findEverybody finds, where everybody is looked for, the names before an honorific
// or a particle that a surname begins: 佐藤花子様, 担当の田中より, 李さん.
func findEverybody(d *document) {
	if !d.everybody || !d.names {
		return
	}
	for _, h := range honorifics {
		for at := strings.Index(d.n, h); at >= 0; {
			if start := d.nameEndingAt(at); start < at && !d.taken(start, at, 0.5) {
				d.add(start, at, "name", 0.75, "name-before-honorific", h, "")
			}
			next := strings.Index(d.n[at+len(h):], h)
			if next < 0 {
				break
			}
			at += len(h) + next
		}
	}
}

var honorifics = knowledge.WordsOf("honorifics")

// oneLetter are surnames of one letter of people from China and Korea.
const oneLetter = "李王張陳劉呉楊黄周徐孫馬朱胡郭何高林羅鄭金朴崔姜趙尹韓申徐権宋"

// nameEndingAt returns where a name of letters that names have begins: a surname that
// the list knows, alone or with a given name of at most three letters, or one letter
// before an honorific (李さん); at itself where there is none.
func (d *document) nameEndingAt(at int) int {
	list := surnames()
	start, best := at, at
	for range 7 {
		r, size := utf8.DecodeLastRuneInString(d.n[:start])
		if start == 0 || !isKanji(r) && !isKata(r) && r != '・' && r != ' ' {
			break
		}
		start -= size
		v := d.n[start:at]
		for k := len(v); k > 0; k-- {
			if k < len(v) && !utf8.RuneStart(v[k]) {
				continue
			}
			head := strings.TrimSpace(v[:k])
			if (list.kanji[head] || list.kana[head] || strings.Contains(oneLetter, head) && k == len(v)) && utf8.RuneCountInString(strings.TrimSpace(v[k:])) <= 3 && !notAName(v) {
				best = start
			}
		}
	}
	for best < at && d.n[best] == ' ' {
		best++
	}
	return best
}
