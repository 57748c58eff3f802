package contact_test

import (
	"testing"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/contact"
)

var sink exchange.ContactPoint

// BenchmarkJudgeURL judges addresses of several kinds, each against a claim.
func BenchmarkJudgeURL(b *testing.B) {
	claimed := contact.Resolve("Amazon")
	urls := []string{"https://www.amazon.co.jp/gp/help", "https://amazon-kakunin.example.top/ap/signin?x=1", "http://aeon-kfsdx.icu/", "https://www.example.com/news/1", "https://smbc-card.qwrtz.cn/index.php"}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		sink = contact.JudgeURL(urls[i%len(urls)], claimed)
	}
}

// BenchmarkResolve resolves names as messages write them.
func BenchmarkResolve(b *testing.B) {
	names := []string{"Amazon", "三井住友カード株式会社", "TS CUBIC CARD_MY TS3", "だれも知らない会社"}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		contact.Resolve(names[i%len(names)])
	}
}
