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
// asked who he is. No organization has the pictures of its mails there. They are
// the better known of the list of picture hosts in Drovosek01's
// how-to-be-god-of-mirror-links (docs/ru-RU/images-hostings-list.md, commit
// 086946b, read 2026-11-24), with the domains from which ImgBB (ibb.co) and
// Postimages (postimg.cc) hand the pictures out.
var freePictures = map[string]bool{
	"imgur.com": true, "postimages.org": true, "postimg.cc": true, "imgbb.com": true, "ibb.co": true, "imgbox.com": true, "imagebam.com": true, "imageshack.com": true, "imageshack.us": true,
	"photobucket.com": true, "pixhost.to": true, "zupimages.net": true, "noelshack.com": true, "casimages.com": true, "servimg.com": true, "hizliresim.com": true, "imageban.ru": true, "funkyimg.com": true,
	"fastpic.ru": true, "radikal.ru": true, "abload.de": true, "imagetwist.com": true, "pasteboard.co": true, "imgsafe.org": true, "imagevenue.com": true, "thumbsnap.com": true, "freeimagehosting.net": true, "puush.me": true,
	"gifyu.com": true, "ultraimg.com": true, "imgpile.com": true, "beeimg.com": true, "turboimagehost.com": true, "picr.de": true, "bild.me": true, "imagebin.ca": true, "uploadhouse.com": true, "imageupper.com": true,
	"hostingpics.net": true, "uploaddeimagens.com.br": true, "hebergeur-image.com": true, "vfl.ru": true, "imgsrc.ru": true, "extraimage.net": true, "imageupload.net": true, "unsee.cc": true,
}

// openStage tells hosts of real organizations on which anybody may publish: a
// page there is not the organization's own. Value: path prefix, "" for all. They
// are those of MISP's warning list of the LOTS (Living Off Trusted Sites) Project
// (lists/lots-project/list.json, version 20241104) that stand in the directory;
// of messengers, what their makers say that such links are
// (https://core.telegram.org/api/links,
// https://developers.line.biz/en/docs/messaging-api/using-line-url-scheme/).
var openStage = map[string]string{
	"docs.google.com": "", "sites.google.com": "", "drive.google.com": "", "forms.office.com": "", "sway.office.com": "", "onedrive.live.com": "", "1drv.ms": "", "github.com": "", "raw.githubusercontent.com": "",
	"dropbox.com": "", "www.dropbox.com": "", "www.canva.com": "/design", "t.me": "", "line.me": "/R/",
}

// bucketHosts hand out files that anybody laid there, under names of their own; of
// the same list.
var bucketHosts = []string{".storage.googleapis.com", ".blob.core.windows.net", ".web.core.windows.net", ".digitaloceanspaces.com", ".backblazeb2.com", ".linodeobjects.com", ".oraclecloud.com", ".wasabisys.com"}

// forwarders are pages of real organizations that send whoever opens them on to
// an address in the query. Value: the query's parameters. They are redirections of
// ClearURLs' rules (ClearURLs/Rules, data.min.json, commit 0142868).
var forwarders = map[string][]string{
	"www.google.com/url": {"url", "q"}, "google.com/url": {"url", "q"}, "www.google.co.jp/url": {"url", "q"}, "www.youtube.com/redirect": {"q"}, "l.facebook.com/l.php": {"u"}, "lm.facebook.com/l.php": {"u"},
	"steamcommunity.com/linkfilter/": {"url"}, "out.reddit.com/": {"url"},
}

// shorteners are hosts that only send on to another place.
var shorteners = map[string]string{
	"bit.ly": "bit.ly", "tinyurl.com": "TinyURL", "t.co": "t.co", "goo.gl": "goo.gl", "is.gd": "is.gd", "ow.ly": "ow.ly", "rebrand.ly": "Rebrandly",
	"cutt.ly": "Cuttly", "shorturl.at": "ShortURL", "x.gd": "X.gd", "onl.tw": "onl.tw", "urx.space": "urx", "qr.paps.jp": "qr.paps.jp", "00m.in": "00m.in", "s.id": "s.id", "rb.gy": "rb.gy", "buff.ly": "Buffer", "duckdns.org": "Duck DNS",
}
