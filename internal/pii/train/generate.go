package main

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/internal/pii/tagger"
)

// Sentences as people write them to a window, with names and with what looks
// like names. {S} is a surname, {F} surname and given name, {G} a given name,
// {K} a name in katakana: persons. {O} is a surname with the ending of a
// company or shop, {P} with that of a place: none.
var templates = strings.Fields(`
{F}が契約した回線について伺います。
母の{F}の口座を確認したいです。
娘の{G}の分も一緒に変更してください。
父{F}の代わりに電話しました。
夫の{F}名義で契約しています。
荷物の宛名は{F}になっています。
先日、{F}と一緒に店舗へ行きました。
{S}家の電気を止めてください。
予約は{F}ほか二名でお願いしました。
{K}の名前で注文しました。
友人の{K}に送った荷物が届きません。
受取人を{F}から{F}に変えてください。
同居の{F}も契約者に加えたいです。
カードの名義が{S}のままになっています。
{O}で買った冷蔵庫が動きません。
{O}の窓口で断られました。
{O}に修理を頼みましたが、連絡がありません。
昨日{O}と{O}を回って比べました。
{P}の近くの店で受け取りたいです。
{P}から{P}まで乗りました。
{P}に引っ越すので手続きを教えてください。
{P}のホテルを予約しました。
{O}で{F}が注文した品です。
{P}に住む{F}へ送ってください。
請求先は{O}ではなく{F}です。
`)

var (
	companies = strings.Fields("電機 電器 商店 商事 製作所 工業 建設 工務店 不動産 運輸 物産 酒店 書店 薬局 医院 歯科 病院 クリニック 自動車 造園 印刷 食品 産業 屋 堂 組 証券 銀行 信用金庫 ホテル 旅館 保育園 学園 大学 高校 小学校")
	places    = strings.Fields("駅 町 市 区 村 郡 台 丘 公園 橋 川 山 線 通り 温泉 空港 港 島 峠 団地 ヶ丘 寺 神社 城")
)

// generated returns n sentences made from templates, the same each time.
func generated(corpora string, n int) ([]example, error) {
	lists := map[string][]string{}
	for _, f := range []string{"last_name_org", "first_name_man_org", "first_name_woman_org"} {
		rows, err := readCSV(filepath.Join(corpora, "name", f+".csv"))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if f == "last_name_org" {
				lists["S"] = append(lists["S"], r[0])
				continue
			}
			for _, w := range r[2:] {
				if utf8.RuneCountInString(w) >= 2 {
					lists["G"] = append(lists["G"], w)
				}
			}
		}
	}
	rng := rand.New(rand.NewPCG(3, 4))
	pick := func(l []string) string { return l[rng.IntN(len(l))] }
	// Half of the surnames are among the first of the list, which are the
	// frequent ones.
	surname := func() string {
		if rng.IntN(2) == 0 {
			return lists["S"][rng.IntN(min(300, len(lists["S"])))]
		}
		return pick(lists["S"])
	}
	var out []example
	for range n {
		t := pick(templates)
		var b strings.Builder
		e := example{source: "generated"}
		for t != "" {
			i := strings.IndexByte(t, '{')
			if i < 0 {
				b.WriteString(t)
				break
			}
			b.WriteString(t[:i])
			v, kind := "", tagger.NameB
			switch t[i+1] {
			case 'S':
				v = surname()
			case 'F':
				v = surname() + []string{"", " "}[rng.IntN(4)/3] + pick(lists["G"])
			case 'G':
				v = pick(lists["G"])
			case 'K':
				v = strings.Join([]string{pick(foreign), pick(foreign)}, "・")
			case 'O':
				v, kind = surname()+pick(companies), tagger.OrgB
			case 'P':
				v, kind = surname()+pick(places), tagger.PlaceB
			}
			e.spans = append(e.spans, span{b.Len(), b.Len() + len(v), kind})
			b.WriteString(v)
			t = t[i+3:]
		}
		e.text = b.String()
		out = append(out, e)
	}
	return out, nil
}

// foreign are names that people who live in Japan bear, in katakana.
var foreign = strings.Fields("グエン ヴァン アン チャン ティ フオン ホアン レ ファム キム パク ワン リー チェン マリア サントス クルス ホセ カルロス シルバ ソウザ アナ ラジ クマール シン プラサド スミス ジョン メアリー ブラウン ウィリアムズ アハマド モハメド アリ イブラヒム タマン シェルパ ビナ バハドゥル")
