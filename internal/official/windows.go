package official

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
)

// WindowsPath is where an organization publishes its windows; docs/contact-windows.md.
const WindowsPath = "/.well-known/contact-windows.json"

//go:embed contact-windows.schema.json
var windowsSchema []byte

// Windows is what an organization publishes of its own windows.
type Windows struct {
	Organization struct {
		Name struct {
			JA string `json:"ja"`
			EN string `json:"en,omitempty"`
		} `json:"name"`
		CorporateNumber string `json:"corporate_number,omitempty"`
	} `json:"organization"`
	Domains []struct {
		Name  string   `json:"name"`
		Roles []string `json:"roles"`
	} `json:"domains"`
	DomainsComplete bool `json:"domains_complete,omitempty"`
	Phones          []struct {
		Number string `json:"number"`
		Use    string `json:"use"`
		Hours  string `json:"hours,omitempty"`
	} `json:"phones,omitempty"`
	SMSSenders []string `json:"sms_senders,omitempty"`
	NeverAsks  []struct {
		Categories []exchange.Category `json:"categories,omitempty"`
		Statement  string              `json:"statement"`
	} `json:"never_asks,omitempty"`
	ContactPage string `json:"contact_page,omitempty"`
	Updated     string `json:"updated"`
}

var compiledWindows = sync.OnceValue(func() *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(windowsSchema))
	if err != nil {
		panic(err) // the file is embedded, and a test reads it
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("windows", doc); err != nil {
		panic(err)
	}
	return c.MustCompile("windows")
})

// ParseWindows reads what stands at [WindowsPath] of a site. It counts only for the site
// that published it: the site must be among its domains.
func ParseWindows(b []byte, site string) (*Windows, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		return nil, errors.New("official: contact-windows.json is no JSON")
	}
	if err := compiledWindows().Validate(doc); err != nil {
		var v *jsonschema.ValidationError
		if errors.As(err, &v) {
			for len(v.Causes) > 0 {
				v = v.Causes[0]
			}
			return nil, fmt.Errorf("official: contact-windows.json: /%s does not fit the schema", strings.Join(v.InstanceLocation, "/"))
		}
		return nil, fmt.Errorf("official: contact-windows.json: %w", err)
	}
	var w Windows
	if err := json.Unmarshal(b, &w); err != nil {
		return nil, fmt.Errorf("official: contact-windows.json: %w", err)
	}
	for _, d := range w.Domains {
		if site == d.Name || strings.HasSuffix(d.Name, "."+site) {
			return &w, nil
		}
	}
	return nil, fmt.Errorf("official: contact-windows.json does not name %s, the site that published it", site)
}

// published reads what the site publishes for programs: its windows, its apps, whom to
// tell of holes.
func (c *Client) published(ctx context.Context, l *Learned, u *url.URL) {
	base := u.Scheme + "://" + u.Host
	get := func(path string) *Page {
		p, err := c.Get(ctx, base+path)
		if err != nil || p.MediaType == "text/html" {
			return nil
		}
		l.note(p)
		return p
	}
	if p := get(WindowsPath); p != nil {
		w, err := ParseWindows(p.Body, l.Site)
		if err != nil {
			l.Failed = append(l.Failed, WindowsPath+": "+err.Error())
		} else {
			l.Windows = w
			for _, x := range w.Phones {
				l.add(Point{"phone", x.Number, clip(x.Use), "contact-windows.json", p.URL})
			}
		}
	}
	if p := get("/.well-known/assetlinks.json"); p != nil {
		var list []struct {
			Target struct {
				Package string `json:"package_name"`
			} `json:"target"`
		}
		if json.Unmarshal(p.Body, &list) == nil {
			for _, x := range list {
				if x.Target.Package != "" {
					l.add(Point{"app", x.Target.Package, "Android", "assetlinks.json", p.URL})
				}
			}
		}
	}
	if p := get("/.well-known/apple-app-site-association"); p != nil {
		var list struct {
			Applinks struct {
				Details []struct {
					ID  string   `json:"appID"`
					IDs []string `json:"appIDs"`
				} `json:"details"`
			} `json:"applinks"`
		}
		if json.Unmarshal(p.Body, &list) == nil {
			for _, x := range list.Applinks.Details {
				for _, id := range append(x.IDs, x.ID) {
					if id != "" {
						l.add(Point{"app", id, "iOS", "apple-app-site-association", p.URL})
					}
				}
			}
		}
	}
	if p := get("/.well-known/security.txt"); p != nil && p.MediaType == "text/plain" {
		for line := range strings.Lines(string(p.Body)) {
			if k, v, ok := strings.Cut(line, ":"); ok && strings.EqualFold(k, "Contact") {
				l.add(Point{"security", strings.TrimSpace(v), "", "security.txt", p.URL})
			}
		}
	}
}

// Record proposes a record of data/organizations from what the site says of itself, as
// YAML. One source alone makes it announced, never official; a person looks it over, sets
// the sector, and adds what a second source says.
func (l *Learned) Record(id string) ([]byte, error) {
	if len(l.Pages) == 0 {
		return nil, errors.New("official: nothing was read")
	}
	day := l.Pages[0].Time[:len("2006-01-02")]
	o := knowledge.Organization{ID: id, Sector: "other", Name: knowledge.OrganizationName{JA: l.Name, EN: l.Name}}
	o.Status, o.Reviewed, o.RecheckAfterDays = knowledge.Imported, day, 180
	source := func(page string) string {
		for _, s := range o.Sources {
			if s.URL == page {
				return s.ID
			}
		}
		s := knowledge.SourceRecord{ID: fmt.Sprintf("own%d", len(o.Sources)+1), URL: page, Publisher: l.Site, Kind: "organization", Retrieved: day}
		o.Sources = append(o.Sources, s)
		return s.ID
	}
	first := source(l.Pages[0].URL)
	o.Domains = []knowledge.Domain{{Name: l.Site, Roles: []string{"site"}, Sources: []string{first}}}
	if w := l.Windows; w != nil {
		at := l.Pages[0].URL
		for _, p := range l.Pages {
			if strings.HasSuffix(p.URL, WindowsPath) {
				at = p.URL
			}
		}
		first = source(at)
		o.Name = knowledge.OrganizationName{JA: w.Organization.Name.JA, EN: w.Organization.Name.EN}
		o.Domains = nil
		for _, d := range w.Domains {
			o.Domains = append(o.Domains, knowledge.Domain{Name: d.Name, Roles: d.Roles, Sources: []string{first}})
		}
		for _, x := range w.Phones {
			o.Phones = append(o.Phones, knowledge.Phone{Number: x.Number, Use: x.Use, Hours: x.Hours, Sources: []string{first}})
		}
		for _, x := range w.SMSSenders {
			o.SMSSenders = append(o.SMSSenders, knowledge.SMSSender{Sender: x, Sources: []string{first}})
		}
		for _, x := range w.NeverAsks {
			o.NeverAsks = append(o.NeverAsks, knowledge.NeverAsksRecord{Categories: x.Categories, Statement: x.Statement, Sources: []string{first}})
		}
	}
	for _, p := range l.Points {
		if p.Kind == "phone" && p.Use != "" && !slices.ContainsFunc(o.Phones, func(x knowledge.Phone) bool { return digits(x.Number) == digits(p.Value) }) {
			o.Phones = append(o.Phones, knowledge.Phone{Number: national(p.Value), Use: p.Use, Sources: []string{source(p.Page)}})
		}
	}
	if o.Name.JA == "" {
		o.Name.JA = l.Site
	}
	if o.Name.EN == "" {
		o.Name.EN = o.Name.JA
	}
	o.Aliases = []knowledge.Alias{{Text: o.Name.JA}}
	b, err := json.Marshal(&o)
	if err != nil {
		return nil, err
	}
	return yaml.JSONToYAML(b)
}

// national is a number as it is dialled within Japan.
func national(s string) string {
	if rest, ok := strings.CutPrefix(s, "+81"); ok {
		return "0" + strings.TrimLeft(rest, "- 0")
	}
	return s
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, national(s))
}
