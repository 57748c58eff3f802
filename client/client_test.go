package client_test

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/client"
	"github.com/madoguchi/madoguchi/internal/serve"
	"github.com/madoguchi/madoguchi/wire"
)

// TestClient asks a real server.
func TestClient(t *testing.T) {
	s := httptest.NewServer(serve.Handler(serve.Options{Token: "0123456789abcdef"}))
	defer s.Close()
	c := &client.Client{Base: s.URL + "/", Token: "0123456789abcdef"}
	v, err := c.Check(t.Context(), wire.Exchange{Text: "暗証番号を教えてください。"}, "en")
	if err != nil || v.Level != "stop" || v.View == nil || v.View.Headline != "STOP" {
		t.Errorf("%+v %v", v, err)
	}
	w, err := c.Window(t.Context(), wire.Window{URL: "https://www.amazon.co.jp/", Organization: "Amazon"})
	if err != nil || w.Status != "official" {
		t.Errorf("%+v %v", w, err)
	}
	r, err := c.Redact(t.Context(), wire.RedactQuery{Exchange: wire.Exchange{Text: "山田花子です"}})
	if err != nil || r.Text != "〔氏名1〕です" {
		t.Errorf("%+v %v", r, err)
	}
	n, err := c.Needs(t.Context(), "order_delivery", "ja")
	if err != nil || len(n.Needs) == 0 {
		t.Errorf("%+v %v", n, err)
	}
	o, err := c.Organizations(t.Context(), "ヤマト運輸")
	if err != nil || len(o) == 0 || o[0].ID != "yamato-transport" {
		t.Errorf("%v", err)
	}
	var problem *client.Error
	if _, err := c.Needs(t.Context(), "nothing", ""); !errors.As(err, &problem) || problem.Status != 404 || !strings.Contains(problem.Detail, "no such inquiry") {
		t.Errorf("%v", err)
	}
	c.Token = ""
	if _, err := c.Check(t.Context(), wire.Exchange{Text: "a"}, ""); !errors.As(err, &problem) || problem.Status != 401 {
		t.Errorf("%v", err)
	}
}
