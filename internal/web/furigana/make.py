#!/usr/bin/env python3
"""Makes internal/web/furigana.txt: every word in kanji that our sentences in easy Japanese
use, and how it is read. Needs mecab with mecab-ipadic-utf8 (Debian).

usage: internal/web/furigana/make.py < SENTENCES > internal/web/furigana.txt
       SENTENCES: `go test ./internal/web -v -run TestFurigana -args -sentences`
"""
import re, subprocess, sys

kanji = re.compile(r"[\u4e00-\u9fff々]")
# What MeCab reads otherwise than our sentences mean it.
right = {
    "私": "わたし", "一度": "いちど", "何": "なに", "相手": "あいて", "窓口": "まどぐち", "本物": "ほんもの", "家族": "かぞく", "今": "いま", "下": "した", "他": "ほか", "方": "ほう", "行": "い", "日": "ひ", "額": "がく",
    "届": "とど", "空": "あ", "開": "ひら", "入": "い", "止": "と", "後": "あと", "前": "まえ", "上": "うえ", "間": "あいだ", "紙": "かみ", "字": "じ", "何の": "なんの", "何か": "なにか", "何に": "なにに", "何で": "なにで", "何を": "なにを", "勤": "つと", "宛名": "あてな", "角": "かく", "通帳": "つうちょう", "電話中": "でんわちゅう", "日本": "にほん", "預": "あず", "一人": "ひとり", "二人": "ふたり", "話し": "はなし", "話せ": "はなせ", "話さ": "はなさ", "話す": "はなす", "入っ": "はいっ", "入り": "はいり", "入る": "はいる", "入ら": "はいら", "出て": "でて", "出ま": "でま", "出な": "でな", "出る": "でる", "出た": "でた", "来る": "くる", "来な": "こな", "やり方": "やりかた", "入口": "いりぐち", "手": "て", "目": "め", "行き先": "いきさき",
}
text = sys.stdin.read()
text = re.sub(r"（[ぁ-んー]+）", "", text)
words = {}
out = subprocess.run(["mecab", "-d", "/var/lib/mecab/dic/ipadic-utf8"], input=text, stdout=subprocess.PIPE, text=True, check=True).stdout
for line in out.splitlines():
    surface, _, features = line.partition("\t")
    f = features.split(",")
    if not kanji.search(surface) or len(f) < 8:
        continue
    reading = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in f[7])
    # What stands in kana at the end is written already: 確かめ, たしかめ.
    while surface and reading and not kanji.match(surface[-1]) and surface[-1] == reading[-1]:
        surface, reading = surface[:-1], reading[:-1]
    surface = surface.strip("<>（）「」")
    while surface and reading and not kanji.match(surface[0]) and surface[0] == reading[0]:
        surface, reading = surface[1:], reading[1:]
    if surface and reading and kanji.search(surface):
        words.setdefault(surface, {}).setdefault(reading, 0)
        words[surface][reading] += 1
for w, r in right.items():
    words[w] = {r: 1}
for w in sorted(words):
    print(w, max(words[w].items(), key=lambda x: (x[1], x[0]))[0])
