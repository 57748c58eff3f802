package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/official"
)

// siteTime bounds the reading of a site.
const siteTime = 3 * time.Minute

type orgLearnCmd struct {
	URL    string `arg:"" help:"A page of the organization's own site. Reads at most 20 of its pages, one a second."`
	Out    string `help:"Where the overlay goes; by default under ~/.local/share/madoguchi/learned." placeholder:"FILE"`
	Record string `help:"Write a proposal for data/organizations, too: its file, named by the record's id." placeholder:"ID.yaml"`
}

func (c *orgLearnCmd) Run(s *streams) error {
	ctx, cancel := context.WithTimeout(context.Background(), siteTime)
	defer cancel()
	var client official.Client
	l, err := client.Learn(ctx, c.URL)
	if l == nil || err != nil && len(l.Pages) == 0 {
		return &usageError{err, "give the https address of a page of the organization's own site, and check that you are online"}
	}
	name := c.Out
	if name == "" {
		if name, err = learnedFile(l.Site); err != nil {
			return err
		}
	}
	b, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(name, append(b, '\n'), 0o600); err != nil {
		return &usageError{fmt.Errorf("cannot write %s: %w", name, errors.Unwrap(err)), "name a file in a folder that you may write to with --out"}
	}
	if c.Record != "" {
		r, err := l.Record(strings.TrimSuffix(filepath.Base(c.Record), ".yaml"))
		if err != nil {
			return err
		}
		if err := os.WriteFile(c.Record, r, 0o600); err != nil {
			return &usageError{fmt.Errorf("cannot write %s: %w", c.Record, errors.Unwrap(err)), "name a file in a folder that you may write to with --record"}
		}
	}
	fmt.Fprintf(s.out, "%s: %d ページを読み、%d 件の連絡先が見つかりました。\n", l.Site, len(l.Pages), len(l.Points))
	for _, p := range l.Points {
		fmt.Fprintf(s.out, "  %s\n           %s\n", p, p.Page)
	}
	fmt.Fprintf(s.out, "このページが本物かどうかは、この一覧では証明されません。記録: %s\n", name)
	for _, f := range l.Failed {
		fmt.Fprintln(s.err, "madoguchi: not read:", f)
	}
	return nil
}

// dataDir is where the program keeps what is the person's (XDG base
// directories).
func dataDir() (string, error) {
	base := os.Getenv("XDG_DATA_HOME")
	if base == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		base = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(base, "madoguchi"), nil
}

// learnedFile is where what was learned of a site is kept.
func learnedFile(site string) (string, error) {
	dir, err := dataDir()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(dir, "learned")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", &usageError{fmt.Errorf("cannot make %s: %w", dir, errors.Unwrap(err)), "name a file with --out"}
	}
	return filepath.Join(dir, filepath.Base(site)+".json"), nil
}

type policyCmd struct {
	Policy string `arg:"" help:"A privacy policy: a file, or its address, which is then fetched."`
	Why    string `help:"Does it say why they want this? A category, for example phone." placeholder:"CATEGORY"`
	Lang   string `help:"ja, easy or en." default:"ja" enum:"ja,easy,en"`
}

func (c *policyCmd) Run(s *streams) error {
	if c.Why != "" && knowledge.CategoryByID(exchange.Category(c.Why)) == nil {
		return &usageError{fmt.Errorf("unknown category %q", c.Why), "name a category of data/categories, for example name, phone, birth_date"}
	}
	var body []byte
	mediaType := ""
	if strings.HasPrefix(c.Policy, "https://") || strings.HasPrefix(c.Policy, "http://") {
		ctx, cancel := context.WithTimeout(context.Background(), siteTime)
		defer cancel()
		var client official.Client
		p, err := client.Get(ctx, c.Policy)
		if err != nil {
			return &usageError{err, "check the address, or save the page and name the file"}
		}
		body, mediaType = p.Body, p.MediaType
	} else {
		b, err := os.ReadFile(c.Policy)
		if err != nil {
			return &usageError{fmt.Errorf("no such file: %s", c.Policy), "name a file, or an address that begins with https://"}
		}
		body = b
	}
	p := official.ReadPolicy(official.PageText(mediaType, body))
	lang := exchange.Lang(c.Lang)
	say := func(ja, easy, en string) string { return exchange.Text{JA: ja, Easy: easy, EN: en}.In(lang) }
	if c.Why != "" {
		return c.why(s, &p, lang, say)
	}
	for _, t := range p.Topics {
		mark := say("書いてあります", "書いてあります", "told")
		if !t.Found {
			mark = say("見つかりません", "見つかりません", "not found")
		}
		article := t.Article
		if !strings.Contains(article, "法") {
			article = say("個人情報保護法 "+article+" 条", "法律 "+article+" 条", "APPI art. "+article)
		}
		fmt.Fprintf(s.out, "%s: %s (%s)\n", t.Name.In(lang), mark, article)
		for _, q := range t.Quotes {
			fmt.Fprintf(s.out, "    「%s」\n", short(q))
		}
	}
	fmt.Fprintln(s.out, say("名前の出る情報:", "書いてある情報（じょうほう）:", "personal data that it names:"))
	for _, u := range p.Categories {
		mark := say("目的の文なし", "目的の文なし", "no purpose beside it")
		if len(u.Purposes) > 0 {
			mark = say("目的の文あり", "目的の文あり", "with a purpose")
		}
		fmt.Fprintf(s.out, "  %s (%s)\n", knowledge.NameOf(u.Category).In(lang), mark)
	}
	fmt.Fprintln(s.out, say("見つからないことは、違反の証拠ではありません。別のページに書く会社もあります。条番号の確認:", "見つからなくても、わるい会社とは決められません。条の番号を確かめたところ:", "What is not found here is no proof of a breach; some tell it elsewhere. Articles checked at:"), official.ActSource.URL)
	return nil
}

func (c *policyCmd) why(s *streams, p *official.Policy, lang exchange.Lang, say func(ja, easy, en string) string) error {
	own, named, general := p.Why(exchange.Category(c.Why))
	name := knowledge.NameOf(exchange.Category(c.Why)).In(lang)
	quotes := own
	switch {
	case len(own) > 0:
		fmt.Fprintf(s.out, say("%sを使う目的が書いてあります。\n", "%sを何に使うか、書いてあります。\n", "It says what %s is used for.\n"), name)
	case named:
		fmt.Fprintf(s.out, say("%sの名は出ますが、それだけの目的は書いてありません。全体の目的:\n", "%sは書いてありますが、何に使うかは全体の目的だけです。\n", "It names %s but gives purposes for everything together only:\n"), name)
		quotes = general
	default:
		fmt.Fprintf(s.out, say("%sを集めるとは書いてありません。なぜ要るのか、窓口に聞いてください。\n", "%sを集めるとは、書いてありません。なぜ要るか、聞いてください。\n", "It does not say that %s is collected. Ask the window why it is wanted.\n"), name)
		quotes = nil
	}
	for _, q := range quotes {
		fmt.Fprintf(s.out, "    「%s」\n", short(q))
	}
	return nil
}

func short(s string) string {
	if r := []rune(s); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return s
}
