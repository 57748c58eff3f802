package batch_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/madoguchi/madoguchi/internal/batch"
)

// lines are invented exchanges of ordinary length, drafts and messages.
func lines(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		if i%2 == 0 {
			fmt.Fprintf(&b, `{"id":"%d","direction":"outgoing","channel":"email","inquiry":"order_delivery","window_confirmed":true,"text":"お世話になっております。注文番号A-%06d-77の件で連絡しました。先週の土曜に届くはずの荷物がまだ届いておりません。追跡番号は 3300 0000 1199 です。送り先は東京都千代田区霞が関一丁目2番3号 例ビル405、電話は090-0000-1234です。どうぞよろしくお願いいたします。\n山田 太郎"}`+"\n", i, i)
		} else {
			fmt.Fprintf(&b, `{"id":"%d","direction":"incoming","channel":"email","from":"例カード <info@example-card-%d.top>","subject":"【重要】ご利用確認のお願い","text":"いつも例カードをご利用いただきありがとうございます。第三者による不正利用の可能性を検知したため、カードのご利用を一時停止しました。24時間以内に下記のURLからお手続きください。\nhttps://example-card-%d.top/login\nカード番号、有効期限、セキュリティコードの入力が必要です。当社がお電話で暗証番号をお伺いすることはございません。"}`+"\n", i, i, i)
		}
	}
	return b.Bytes()
}

// BenchmarkRun reports exchanges a second over all cores.
func BenchmarkRun(b *testing.B) {
	const n = 4000
	in := lines(n)
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		if _, _, err := batch.Run(bytes.NewReader(in), io.Discard, batch.CheckLine, batch.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "exchanges/s")
}
