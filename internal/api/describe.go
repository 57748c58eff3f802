package api

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// What the document says of an operation beside its summary: what it takes, what it keeps.
var descriptions = map[string]string{
	"check":         "Judges one exchange: where it goes or comes from, what is told or asked for, how much the inquiry needs. The text is judged and forgotten.",
	"mail":          "Judges a mail in all its renderings, the mails within it too. The mail is judged and forgotten.",
	"window":        "Judges a host, an address or a number alone, whoever it claims to be.",
	"redact":        "Covers personal data in a text or a draft. With only=never just what nobody may be told.",
	"needs":         "What windows need for an inquiry, for what purpose and who says so; without an inquiry the list of inquiries.",
	"organizations": "Looks names, aliases and domains up in the directory.",
	"organization":  "A record of the directory: domains with roles, telephones, sources, dates.",
	"begin-chat":    "The chat is held in memory and forgotten when it ends or rests.",
	"add-turn":      "The answer is about the whole chat so far.",
	"end-chat":      "Nothing of the chat remains.",
	"listen":        "Every answer to this chat, as it comes.",
	"unlock":        "The passphrase opens the casebook for the token that is given back, which goes into Authorization: Bearer.",
	"lock":          "The token is of no use afterwards.",
	"list-cases":    "Cases without their entries.",
	"new-case":      "A case is one contact with one window.",
	"show-case":     "A case with all entries, files without their bytes.",
	"add-entry":     "An entry is signed into the log; it cannot be changed.",
	"set-state":     "Where the case stands, for the list.",
	"remove-case":   "The contents are overwritten; the log keeps the proof that they were there.",
	"verify":        "Compares every entry with the log and names what is missing or other.",
	"export-case":   "With cover sheet, as PDF or HTML.",
}

// Names of the document's security schemes.
const (
	serverToken   = "server"
	casebookToken = "casebook"
)

// describe completes the document when all operations are in it: what each is about, who
// may ask, and that a request can be wrong.
func (a *API) describe() {
	o := a.OpenAPI()
	o.Servers = []*huma.Server{{URL: "http://127.0.0.1:8737", Description: "madoguchi serve on the same machine"}}
	o.Tags = []*huma.Tag{
		{Name: "checks", Description: "Is it all right to tell?"}, {Name: "directory", Description: "Organizations, windows, needs."},
		{Name: "chats", Description: "A live chat, turn by turn."}, {Name: "casebook", Description: "The sealed record."},
	}
	o.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		serverToken:   {Type: "apiKey", In: "header", Name: "X-Madoguchi-Token", Description: "Of a server that was started with a token; others ask for none."},
		casebookToken: {Type: "http", Scheme: "bearer", Description: "What /v1/casebook/unlock gave."},
	}
	for path, item := range o.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Put, item.Post, item.Delete} {
			if op == nil {
				continue
			}
			op.Description = descriptions[op.OperationID]
			op.Tags = []string{tagOf(path)}
			op.Security = []map[string][]string{{}, {serverToken: {}}}
			if op.Tags[0] == "casebook" && op.OperationID != "unlock" {
				op.Security = []map[string][]string{{casebookToken: {}}, {casebookToken: {}, serverToken: {}}}
			}
			if r := op.Responses["default"]; r != nil {
				op.Responses["4XX"] = &huma.Response{Description: "The request cannot be used; detail says what to do. Nothing of what was sent is repeated.", Content: r.Content}
			}
		}
	}
}

func tagOf(path string) string {
	switch part, _, _ := strings.Cut(strings.TrimPrefix(path, "/v1/"), "/"); part {
	case "casebook", "cases":
		return "casebook"
	case "chats":
		return "chats"
	case "needs", "organizations":
		return "directory"
	}
	return "checks"
}
