package contact

// suspiciousSuffix are public suffixes under which phishing against people in
// Japan is much more common than ordinary sites: those that hold at least ten
// times their ordinary share in JPCERT/CC's phishurl-list 2019-2024 (counted
// against the Cisco top 20,000; command in docs/evaluation.md).
var suspiciousSuffix = map[string]bool{
	"art": true, "asia": true, "bar": true, "bond": true, "buzz": true, "cf": true, "cfd": true, "ci": true, "club": true, "cn": true, "cyou": true, "fit": true,
	"ga": true, "gd": true, "gq": true, "group": true, "icu": true, "lol": true, "ltd": true, "ly": true, "ml": true, "monster": true, "mw": true, "na": true,
	"ooo": true, "pw": true, "rest": true, "sbs": true, "shop": true, "tk": true, "tokyo": true, "top": true, "vip": true, "wang": true, "work": true, "xyz": true,
}

// shorteners are hosts that only send on to another place.
var shorteners = map[string]string{
	"bit.ly": "bit.ly", "tinyurl.com": "TinyURL", "t.co": "t.co", "goo.gl": "goo.gl", "is.gd": "is.gd", "ow.ly": "ow.ly", "rebrand.ly": "Rebrandly",
	"cutt.ly": "Cuttly", "shorturl.at": "ShortURL", "x.gd": "X.gd", "onl.tw": "onl.tw", "urx.space": "urx", "qr.paps.jp": "qr.paps.jp", "00m.in": "00m.in", "s.id": "s.id", "rb.gy": "rb.gy", "buff.ly": "Buffer", "duckdns.org": "Duck DNS",
}
