package api

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/sse"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/ask"
	"github.com/madoguchi/madoguchi/internal/intake"
	"github.com/madoguchi/madoguchi/internal/talk"
)

// Bounds of the chats that are followed at once.
const (
	maxChats     = 1000
	maxListeners = 16
	chatRest     = 30 * time.Minute
)

// talks are the chats that are being followed, in memory only.
type talks struct {
	mu   sync.Mutex
	byID map[string]*chat
}

type chat struct {
	mu        sync.Mutex
	c         talk.Case
	turns     int
	last      time.Time
	listeners map[chan Turned]bool
}

func newTalks() *talks { return &talks{byID: map[string]*chat{}} }

var errFull = errors.New("too many chats")

func (t *talks) begin(ex *exchange.Exchange) (string, error) {
	raw := make([]byte, 18)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	id := base64.RawURLEncoding.EncodeToString(raw)
	t.mu.Lock()
	defer t.mu.Unlock()
	for k, c := range t.byID {
		c.mu.Lock()
		if time.Since(c.last) > chatRest && len(c.listeners) == 0 {
			delete(t.byID, k)
		}
		c.mu.Unlock()
	}
	if len(t.byID) >= maxChats {
		return "", errFull
	}
	ex.Text = "" // the words come as turns
	t.byID[id] = &chat{c: talk.Case{Exchange: *ex, Level: exchange.OK}, last: time.Now(), listeners: map[chan Turned]bool{}}
	return id, nil
}

func (t *talks) get(id string) *chat {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byID[id]
}

func (t *talks) end(id string) {
	t.mu.Lock()
	c := t.byID[id]
	delete(t.byID, id)
	t.mu.Unlock()
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for l := range c.listeners {
		close(l)
		delete(c.listeners, l)
	}
}

// Turned is what a turn of a chat shows.
type Turned struct {
	Turn    int            `json:"turn" doc:"From 1."`
	Level   exchange.Level `json:"level" enum:"ok,caution,stop" doc:"Of the chat up to here."`
	Asked   []string       `json:"asked" doc:"Categories and actions that this turn asks for."`
	Told    []string       `json:"told" doc:"Categories that this turn tells."`
	Notes   []talk.Note    `json:"notes"`
	Already []string       `json:"already" doc:"What to do about what has been told: ids of advice."`
}

// add takes a turn and tells those who listen.
func (c *chat) add(who string, text string) Turned {
	c.mu.Lock()
	defer c.mu.Unlock()
	mine := who == "person"
	s := c.c.Add(ask.Turn{Mine: mine, Text: text})
	c.turns++
	c.last = time.Now()
	out := Turned{Turn: c.turns, Level: s.Level, Asked: []string{}, Told: []string{}, Notes: s.Notes, Already: c.c.AlreadyTold()}
	for _, a := range s.Asks {
		out.Asked = append(out.Asked, string(a.Category)+string(a.Action))
	}
	for _, f := range s.Findings {
		out.Told = append(out.Told, string(f.Category))
	}
	for l := range c.listeners {
		select {
		case l <- out:
		default: // who reads too slowly misses a turn, not the chat
		}
	}
	return out
}

// ChatBegin says who talks to whom, as of an exchange; the words come as turns.
type ChatBegin struct {
	Channel      string `json:"channel,omitempty" enum:"email,sms,chat,phone,form,letter,popup"`
	Organization string `json:"organization,omitempty" maxLength:"200" doc:"Who they claim to be."`
	Inquiry      string `json:"inquiry,omitempty" maxLength:"60" doc:"An id of /v1/needs; guessed if it is missing."`
	Initiator    string `json:"initiator,omitempty" enum:"person,window,unknown" doc:"Who started the contact."`
	Listener     string `json:"listener,omitempty" enum:"human,keypad,form,unknown"`
	From         string `json:"from,omitempty" maxLength:"1000" doc:"The other side as shown."`
}

func (b *ChatBegin) exchange() (*exchange.Exchange, error) {
	ex := &exchange.Exchange{Direction: exchange.Incoming}
	return ex, (&intake.Exchange{Channel: b.Channel, Organization: b.Organization, Inquiry: b.Inquiry, Initiator: b.Initiator, Listener: b.Listener, From: b.From}).Apply(ex)
}

// ChatPath names a chat.
type ChatPath struct {
	ID string `path:"id" maxLength:"64"`
}

func (a *API) chats() {
	huma.Register(a, huma.Operation{OperationID: "begin-chat", Method: http.MethodPost, Path: "/v1/chats", Summary: "Begin to follow a live chat", DefaultStatus: http.StatusCreated, MaxBodyBytes: MaxBody, RequestBody: body[ChatBegin](a, "Who talks to whom."), SkipValidateBody: true},
		func(_ context.Context, in *struct{ RawBody []byte }) (*struct {
			Body struct {
				ID string `json:"id"`
			}
		}, error) {
			var begin ChatBegin
			if err := intake.Decode(in.RawBody, &begin); err != nil {
				return nil, huma.Error422UnprocessableEntity(err.Error())
			}
			ex, err := begin.exchange()
			if err != nil {
				return nil, unusable(err)
			}
			id, err := a.talks.begin(ex)
			if errors.Is(err, errFull) {
				return nil, huma.Error429TooManyRequests("too many chats are being followed; end one")
			}
			out := &struct {
				Body struct {
					ID string `json:"id"`
				}
			}{}
			out.Body.ID = id
			return out, err
		})
	huma.Register(a, huma.Operation{OperationID: "add-turn", Method: http.MethodPost, Path: "/v1/chats/{id}/turns", Summary: "Add a turn; the answer also goes to those who listen", MaxBodyBytes: MaxBody},
		func(_ context.Context, in *struct {
			ChatPath
			Body struct {
				From string `json:"from" enum:"window,person"`
				Text string `json:"text" maxLength:"100000"`
			}
		}) (*struct{ Body Turned }, error) {
			c := a.talks.get(in.ID)
			if c == nil {
				return nil, huma.Error404NotFound("no such chat, or it has rested for half an hour")
			}
			return &struct{ Body Turned }{c.add(in.Body.From, in.Body.Text)}, nil
		})
	huma.Register(a, huma.Operation{OperationID: "end-chat", Method: http.MethodDelete, Path: "/v1/chats/{id}", Summary: "End a chat and forget it"},
		func(_ context.Context, in *ChatPath) (*struct{}, error) {
			a.talks.end(in.ID)
			return nil, nil
		})
	sse.Register(a, huma.Operation{OperationID: "listen", Method: http.MethodGet, Path: "/v1/chats/{id}/events", Summary: "Listen to a chat (server-sent events)"},
		map[string]any{"turn": Turned{}, "error": Missing{}},
		func(ctx context.Context, in *ChatPath, send sse.Sender) {
			c := a.talks.get(in.ID)
			ch := make(chan Turned, 64)
			if c == nil || !c.listen(ch) {
				_ = send.Data(Missing{"no such chat, or too many listen"})
				return
			}
			defer c.leave(ch)
			for {
				select {
				case <-ctx.Done():
					return
				case t, ok := <-ch:
					if !ok || send.Data(t) != nil {
						return
					}
				}
			}
		})
}

// Missing tells a listener that there is nothing to listen to.
type Missing struct {
	Detail string `json:"detail"`
}

func (c *chat) listen(ch chan Turned) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.listeners) >= maxListeners {
		return false
	}
	c.listeners[ch] = true
	return true
}

func (c *chat) leave(ch chan Turned) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.listeners, ch)
}
