// Package official reads an organization's own pages: its contact points, and
// what its privacy policy says. It is the only part of the core's
// neighbourhood that uses the network, and only when it is called.
package official

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/temoto/robotstxt"
	"golang.org/x/net/html/charset"
)

// Errors that say why a page is not read.
var (
	ErrPrivate  = errors.New("official: the address is one of a private network, which is not asked")
	ErrScheme   = errors.New("official: only http and https pages are read")
	ErrTooLarge = fmt.Errorf("official: the page is larger than %d bytes", maxPage)
	ErrRobots   = errors.New("official: the site's robots.txt does not want the page read")
)

// Bounds of what one call may cost.
const (
	maxPage      = 2 << 20
	maxRedirects = 5
	pageTime     = 20 * time.Second
	userAgent    = "madoguchi (reads contact pages when a person asks)"
)

// Client reads pages. The zero value is ready; it refuses addresses of private
// networks at the moment of connecting, so that neither a redirect nor a name
// that is resolved anew leads there.
type Client struct {
	// Allow, where set, decides on an address in place of the rule above: a
	// test's server stands on loopback.
	Allow func(netip.Addr) bool
	// Pause is the least time between two pages of a site; one second where it
	// is zero.
	Pause time.Duration

	last   map[string]time.Time
	robots map[string]*robotstxt.RobotsData
}

// Page is what was read.
type Page struct {
	URL       string // after redirects
	MediaType string
	Body      []byte
	Time      time.Time
}

// public reports whether an address is one of the open network.
func public(a netip.Addr) bool {
	a = a.Unmap()
	if a.Is6() && !global6.Contains(a) || !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	return !slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(a) })
}

// global6 is what of IPv6 is given out (IANA IPv6 Global Unicast Address Assignments).
var global6 = netip.MustParsePrefix("2000::/3")

// special are addresses that look public and lead elsewhere, or nowhere (IANA IPv4
// and IPv6 Special-Purpose Address Registries): documentation, measurements, and
// ways to reach an IPv4 address inside an IPv6 one.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/23"), // with Teredo
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), // 6to4
	netip.MustParsePrefix("3fff::/20"),
}

func (c *Client) transport() *http.Transport {
	allow := public
	if c.Allow != nil {
		allow = c.Allow
	}
	d := net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		a, err := netip.ParseAddrPort(address)
		if err != nil || !allow(a.Addr()) {
			return ErrPrivate
		}
		return nil
	}}
	return &http.Transport{DialContext: d.DialContext, TLSHandshakeTimeout: 10 * time.Second, DisableKeepAlives: true}
}

// Get reads a page that the site's robots.txt does not keep for itself.
func (c *Client) Get(ctx context.Context, raw string) (*Page, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, ErrScheme
	}
	data, err := c.rules(ctx, u)
	if err != nil {
		return nil, err
	}
	if data != nil && !data.TestAgent(u.Path, "madoguchi") {
		return nil, ErrRobots
	}
	return c.fetch(ctx, u)
}

// rules reads a site's robots.txt once. A site without one has no wishes; one
// that answers with an error of its own is left alone (RFC 9309 section 2.3.1).
func (c *Client) rules(ctx context.Context, u *url.URL) (*robotstxt.RobotsData, error) {
	site := u.Scheme + "://" + u.Host
	if d, ok := c.robots[site]; ok {
		return d, nil
	}
	if c.robots == nil {
		c.robots = map[string]*robotstxt.RobotsData{}
	}
	ref := *u
	ref.Path, ref.RawQuery, ref.Fragment = "/robots.txt", "", ""
	p, err := c.fetch(ctx, &ref)
	var status statusError
	var d *robotstxt.RobotsData
	switch {
	case errors.As(err, &status) && status < 500:
	case err != nil:
		return nil, err
	default:
		if d, err = robotstxt.FromBytes(p.Body); err != nil {
			d = nil
		}
	}
	c.robots[site] = d
	return d, nil
}

// statusError is a status that is no success.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("official: the server answers %d", int(e)) }

func (c *Client) fetch(ctx context.Context, u *url.URL) (*Page, error) {
	if err := c.wait(ctx, u.Host); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, pageTime)
	defer cancel()
	t := c.transport()
	defer t.CloseIdleConnections()
	client := &http.Client{Transport: t, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) >= maxRedirects {
			return errors.New("official: too many redirects")
		}
		if r.URL.Scheme != "http" && r.URL.Scheme != "https" {
			return ErrScheme
		}
		return nil
	}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return nil, ErrScheme
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept-Language", "ja, en;q=0.5")
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("official: %w", unwrapURL(err))
	}
	defer func() { _ = resp.Body.Close() }() // read to its end or given up
	if resp.StatusCode != http.StatusOK {
		return nil, statusError(resp.StatusCode)
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxPage+1))
	if err != nil {
		return nil, fmt.Errorf("official: %w", err)
	}
	if len(b) > maxPage {
		return nil, ErrTooLarge
	}
	mediaType, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	if strings.HasPrefix(mediaType, "text/") || mediaType == "" {
		if enc, name, _ := charset.DetermineEncoding(b[:min(len(b), 1024)], resp.Header.Get("Content-Type")); name != "utf-8" {
			if d, err := enc.NewDecoder().Bytes(b); err == nil {
				b = d
			}
		}
	}
	return &Page{URL: resp.Request.URL.String(), MediaType: mediaType, Body: b, Time: time.Now().UTC()}, nil
}

// unwrapURL takes the address out of an error: what a person looks at stays
// out of messages.
func unwrapURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// wait keeps the pause between two pages of a host.
func (c *Client) wait(ctx context.Context, host string) error {
	pause := c.Pause
	if pause == 0 {
		pause = time.Second
	}
	if c.last == nil {
		c.last = map[string]time.Time{}
	}
	if d := time.Until(c.last[host].Add(pause)); d > 0 {
		select {
		case <-time.After(d):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	c.last[host] = time.Now()
	return nil
}
