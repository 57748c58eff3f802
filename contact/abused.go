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

// freePictures are hosts on which anybody may lay a picture without being
// asked who he is. No organization has the pictures of its mails there.
var freePictures = map[string]bool{
	"imgur.com": true, "zupimages.net": true, "postimg.cc": true, "ibb.co": true, "imgbb.com": true, "imgbox.com": true, "imgchest.com": true, "top4top.io": true,
	"imageshack.com": true, "photobucket.com": true, "tinypic.com": true, "gyazo.com": true, "casimages.com": true, "hizliresim.com": true, "freeimage.host": true, "prnt.sc": true,
	"servimg.com": true, "imagebam.com": true, "noelshack.com": true, "pixhost.to": true, "lensdump.com": true,
}

// openStage tells hosts of real organizations on which anybody may publish: a
// page there is not the organization's own. Value: path prefix, "" for all.
var openStage = map[string]string{
	"docs.google.com": "", "sites.google.com": "", "drive.google.com": "", "forms.gle": "", "storage.googleapis.com": "", "script.google.com": "",
	"forms.office.com": "", "forms.microsoft.com": "", "sway.office.com": "", "onedrive.live.com": "", "1drv.ms": "", "github.com": "", "dropbox.com": "", "www.dropbox.com": "",
	"www.canva.com": "/design", "line.me": "/ti", "t.me": "", "wa.me": "", "linktr.ee": "", "pouch.jumpshare.com": "",
}

// forwarders are pages of real organizations that send whoever opens them on
// to an address in the query or the path. Value: the query's parameter.
var forwarders = map[string]string{
	"www.google.com/url": "q", "google.com/url": "q", "www.google.co.jp/url": "q", "www.youtube.com/redirect": "q", "l.facebook.com/l.php": "u", "lm.facebook.com/l.php": "u", "l.instagram.com/": "u",
	"www.bing.com/ck/a": "u", "www.linkedin.com/redir/redirect": "url", "slack-redir.net/link": "url", "googleads.g.doubleclick.net/pcs/click": "adurl", "adclick.g.doubleclick.net/pcs/click": "adurl",
	"rd.yahoo.co.jp/": "", "r.search.yahoo.com/": "", "clck.ru/": "", "link.zhihu.com/": "target", "steamcommunity.com/linkfilter/": "u", "vk.com/away.php": "to",
}

// shorteners are hosts that only send on to another place.
var shorteners = map[string]string{
	"bit.ly": "bit.ly", "tinyurl.com": "TinyURL", "t.co": "t.co", "goo.gl": "goo.gl", "is.gd": "is.gd", "ow.ly": "ow.ly", "rebrand.ly": "Rebrandly",
	"cutt.ly": "Cuttly", "shorturl.at": "ShortURL", "x.gd": "X.gd", "onl.tw": "onl.tw", "urx.space": "urx", "qr.paps.jp": "qr.paps.jp", "00m.in": "00m.in", "s.id": "s.id", "rb.gy": "rb.gy", "buff.ly": "Buffer", "duckdns.org": "Duck DNS",
}
