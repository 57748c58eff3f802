package api

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/pii"
)

// entities are Presidio's names for categories that it knows, too. The others
// are JP_ and the category's name.
var entities = map[exchange.Category]string{
	"name": "PERSON", "furigana": "PERSON", "address": "LOCATION", "postal_code": "LOCATION", "location": "LOCATION", "phone": "PHONE_NUMBER", "email": "EMAIL_ADDRESS", "card_number": "CREDIT_CARD",
	"birth_date": "DATE_TIME", "ip_address": "IP_ADDRESS", "wallet_seed": "CRYPTO",
}

func entityOf(c exchange.Category) string {
	if e, ok := entities[c]; ok {
		return e
	}
	return "JP_" + strings.ToUpper(string(c))
}

// supported are all names of entities, sorted.
func supported() []string {
	seen := map[string]bool{}
	for _, c := range knowledge.Categories() {
		seen[entityOf(c.ID)] = true
	}
	out := make([]string, 0, len(seen))
	for e := range seen {
		out = append(out, e)
	}
	sort.Strings(out)
	return out
}

// presidio registers the endpoints of Presidio's analyzer and anonymizer.
// docs/api.md tells what differs.
func presidio(mux *http.ServeMux) {
	mux.HandleFunc("POST /analyze", func(w http.ResponseWriter, r *http.Request) { analyze(w, r, pii.Options{}) })
	// A base address of its own for who masks before a text goes elsewhere.
	everybody := pii.Options{Everybody: true}
	mux.HandleFunc("POST /everybody/analyze", func(w http.ResponseWriter, r *http.Request) { analyze(w, r, everybody) })
	mux.HandleFunc("POST /everybody/anonymize", anonymize)
	mux.HandleFunc("POST /anonymize", anonymize)
	mux.HandleFunc("POST /deanonymize", deanonymize)
	mux.HandleFunc("GET /supportedentities", func(w http.ResponseWriter, r *http.Request) {
		if spoken(w, r.URL.Query().Get("language"), true) {
			reply(w, supported())
		}
	})
	mux.HandleFunc("GET /recognizers", func(w http.ResponseWriter, _ *http.Request) { reply(w, []string{recognizer}) })
	mux.HandleFunc("GET /anonymizers", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, []string{"encrypt", "hash", "keep", "mask", "redact", "replace", "surrogate"})
	})
	mux.HandleFunc("GET /deanonymizers", func(w http.ResponseWriter, _ *http.Request) { reply(w, []string{"decrypt"}) })
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "madoguchi is up") // the client has gone
	})
}

const recognizer = "MadoguchiRecognizer"

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the client has gone
}

// refuse answers as Presidio does: {"error": "..."}.
func refuse(w http.ResponseWriter, status int, format string, args ...any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": fmt.Sprintf(format, args...)})
}

// read decodes a body of bounded size.
func read(w http.ResponseWriter, r *http.Request, v any) bool {
	return decode(w, http.MaxBytesReader(w, r.Body, MaxBody), v)
}

func decode(w http.ResponseWriter, r io.Reader, v any) bool {
	err := json.NewDecoder(r).Decode(v)
	var large *http.MaxBytesError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return true
	case errors.As(err, &large):
		refuse(w, http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", MaxBody)
	case errors.As(err, &kind):
		refuse(w, http.StatusUnprocessableEntity, "field %q must be a %s", kind.Field, kind.Type)
	default:
		refuse(w, http.StatusBadRequest, "the body is no JSON object")
	}
	return false
}

type analyzeRequest struct {
	Text           json.RawMessage `json:"text"`
	Language       string          `json:"language"`
	Entities       []string        `json:"entities"`
	ScoreThreshold float64         `json:"score_threshold"`
	Explain        truthy          `json:"return_decision_process"`
	AllowList      []string        `json:"allow_list"`
	AllowMatch     string          `json:"allow_list_match"` // exact, or regex
	AdHoc          []adHoc         `json:"ad_hoc_recognizers"`
	Context        []string        `json:"context"` // words that count as if they stood before each finding

	options pii.Options
	allow   *regexp.Regexp
}

// truthy is a boolean as Python reads one.
type truthy bool

func (t *truthy) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "false", "null", "0", `""`, "[]", "{}":
		*t = false
	default:
		*t = true
	}
	return nil
}

// spoken reports whether a language is one that is read, and refuses the others as
// Presidio does.
func spoken(w http.ResponseWriter, language string, orNone bool) bool {
	if language == "ja" || language == "en" || language == "" && orNone {
		return true
	}
	if language == "" {
		refuse(w, http.StatusInternalServerError, "No language provided")
	} else {
		refuse(w, http.StatusInternalServerError, "No matching recognizers were found to serve the request.")
	}
	return false
}

type analyzed struct {
	EntityType  string            `json:"entity_type"`
	Start       int               `json:"start"`
	End         int               `json:"end"`
	Score       float64           `json:"score"`
	Explanation *explanation      `json:"analysis_explanation"`
	Recognition map[string]string `json:"recognition_metadata"`
}

type explanation struct {
	Recognizer    string  `json:"recognizer"`
	PatternName   string  `json:"pattern_name"`
	OriginalScore float64 `json:"original_score"`
	Score         float64 `json:"score"`
	Explanation   string  `json:"textual_explanation"`
}

func analyze(w http.ResponseWriter, r *http.Request, o pii.Options) {
	q := analyzeRequest{options: o}
	if !read(w, r, &q) {
		return
	}
	if len(q.Text) == 0 || string(q.Text) == `""` || string(q.Text) == "null" {
		refuse(w, http.StatusInternalServerError, "No text provided")
		return
	}
	if !spoken(w, q.Language, false) {
		return
	}
	if err := q.prepare(); err != nil {
		refuse(w, http.StatusBadRequest, "Failed to parse /analyze request for AnalyzerEngine(). %s", err)
		return
	}
	var one string
	if json.Unmarshal(q.Text, &one) == nil && len(q.Text) > 0 && q.Text[0] == '"' {
		reply(w, q.find(one))
		return
	}
	var many []string
	if json.Unmarshal(q.Text, &many) == nil && len(many) > 0 {
		out := make([][]analyzed, len(many))
		for i, s := range many {
			out[i] = q.find(s)
		}
		reply(w, out)
		return
	}
	refuse(w, http.StatusInternalServerError, "No text provided") // Presidio's status, too
}

func clip(s string) string {
	if r := []rune(s); len(r) > 20 {
		return string(r[:20])
	}
	return s
}

func (q *analyzeRequest) find(s string) []analyzed {
	points := exchange.CodePoints(s)
	out := []analyzed{}
	for _, f := range q.options.Find(s) {
		e := entityOf(f.Category)
		if len(q.Entities) > 0 && !slices.Contains(q.Entities, e) || f.Score < q.ScoreThreshold || q.allowed(f.Text) {
			continue
		}
		a := analyzed{EntityType: e, Start: points(f.Span.Start), End: points(f.Span.End), Score: f.Score, Recognition: map[string]string{"recognizer_name": recognizer, "recognizer_identifier": recognizer}}
		if q.Explain {
			rule := ""
			if len(f.Why) > 0 {
				rule = f.Why[0].Rule
			}
			a.Explanation = &explanation{recognizer, rule, f.Score, f.Score, "rule " + rule}
		}
		out = append(out, a)
	}
	return q.findAdHoc(s, points, out)
}

type operator struct {
	Type     string  `json:"type"`
	NewValue *string `json:"new_value"`
	Masking  string  `json:"masking_char"`
	Chars    *int    `json:"chars_to_mask"`
	FromEnd  bool    `json:"from_end"`
	HashType string  `json:"hash_type"`
	Salt     *string `json:"salt"`
	Key      string  `json:"key"`
}

type anonymizeRequest struct {
	Text        *string             `json:"text"`
	Operators   map[string]operator `json:"anonymizers"`
	Deoperators map[string]operator `json:"deanonymizers"`
	Results     []analyzed          `json:"analyzer_results"`
	Encrypted   []analyzed          `json:"anonymizer_results"`
}

// maxAnswer bounds an answer, in bytes: what replaces a value may be longer than it.
const maxAnswer = 8 << 20

type anonymized struct {
	Text  string  `json:"text"`
	Items []piece `json:"items"`
}

type piece struct {
	Start    int    `json:"start"`
	End      int    `json:"end"`
	Entity   string `json:"entity_type"`
	Text     string `json:"text"`
	Operator string `json:"operator"`
}

func anonymize(w http.ResponseWriter, r *http.Request) {
	var q anonymizeRequest
	if read(w, r, &q) {
		rewrite(w, &q, q.Results, q.Operators, operator{Type: "replace"})
	}
}

func deanonymize(w http.ResponseWriter, r *http.Request) {
	var raw json.RawMessage
	if !read(w, r, &raw) {
		return
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) == nil && len(fields) == 0 {
		refuse(w, http.StatusBadRequest, "Invalid request json")
		return
	}
	var q anonymizeRequest
	if decode(w, bytes.NewReader(raw), &q) {
		rewrite(w, &q, q.Encrypted, q.Deoperators, operator{Type: "decrypt"})
	}
}

// rewrite puts operators to the results of a text. As with Presidio a result within
// another one does not count, and of two that overlap in part each operator gets its own
// whole: what both cover is written by both.
func rewrite(w http.ResponseWriter, q *anonymizeRequest, results []analyzed, operators map[string]operator, fallback operator) {
	if q.Text == nil {
		if fallback.Type == "decrypt" { // nothing to do
			reply(w, anonymized{Items: []piece{}})
			return
		}
		refuse(w, http.StatusUnprocessableEntity, "Invalid input, text can not be empty")
		return
	}
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		refuse(w, http.StatusInternalServerError, "no random numbers")
		return
	}
	if o, ok := operators["DEFAULT"]; ok {
		fallback = o
	}
	runes := []rune(*q.Text)
	results = slices.Clone(results)
	for _, x := range results {
		if x.Start < 0 || x.End > len(runes) || x.Start > x.End {
			refuse(w, http.StatusUnprocessableEntity, "a result from %d to %d is not within the text's %d characters", x.Start, x.End, len(runes))
			return
		}
	}
	sort.SliceStable(results, func(i, j int) bool {
		if results[i].Start != results[j].Start {
			return results[i].Start < results[j].Start
		}
		if results[i].End != results[j].End {
			return results[i].End > results[j].End
		}
		return results[i].Score > results[j].Score // of two for the same words the surer one
	})
	out := anonymized{Items: []piece{}}
	var b strings.Builder
	written, last, size := 0, 0, 0
	for _, x := range results {
		if x.Start < last && x.End <= last {
			continue
		}
		o, ok := operators[x.EntityType]
		if !ok {
			o = fallback
		}
		gap := string(runes[last:max(last, x.Start)])
		value, err := o.apply(string(runes[x.Start:x.End]), x.EntityType, salt)
		if errors.Is(err, errCustom) {
			refuse(w, http.StatusBadRequest, "%s", err)
			return
		}
		if err != nil {
			refuse(w, http.StatusUnprocessableEntity, "%s", err)
			return
		}
		if size += len(gap) + 2*len(value); size > maxAnswer {
			refuse(w, http.StatusRequestEntityTooLarge, "the answer would be larger than %d bytes", maxAnswer)
			return
		}
		b.WriteString(gap)
		b.WriteString(value)
		written += utf8.RuneCountInString(gap)
		n := utf8.RuneCountInString(value)
		out.Items = append(out.Items, piece{written, written + n, x.EntityType, value, o.Type})
		written += n
		last = x.End
	}
	b.WriteString(string(runes[last:]))
	out.Text = b.String()
	slices.Reverse(out.Items) // Presidio lists the last first
	reply(w, out)
}

// saltBytes is how long a salt is: as long as Presidio's, and no shorter one is taken.
const saltBytes = 16

var errCustom = errors.New("Custom type anonymizer is not supported") //nolint:staticcheck // Presidio's words

// apply does an operator's work. salt is this request's: the same value gives the same
// hash and the same surrogate within it, and another one in the next.
func (o operator) apply(value, entity string, salt []byte) (string, error) {
	switch o.Type {
	case "custom":
		return "", errCustom
	case "surrogate":
		if o.Key != "" {
			salt = []byte(o.Key)
		}
		return surrogate(value, entity, salt), nil
	case "replace":
		if o.NewValue != nil && *o.NewValue != "" {
			return *o.NewValue, nil
		}
		return "<" + entity + ">", nil
	case "redact":
		return "", nil
	case "keep":
		return value, nil
	case "mask":
		if utf8.RuneCountInString(o.Masking) != 1 || o.Chars == nil {
			return "", errors.New("mask needs masking_char, one character, and chars_to_mask")
		}
		r := []rune(value)
		n := min(max(*o.Chars, 0), len(r))
		if o.FromEnd {
			return string(r[:len(r)-n]) + strings.Repeat(o.Masking, n), nil
		}
		return strings.Repeat(o.Masking, n) + string(r[n:]), nil
	case "hash":
		if o.Salt != nil && *o.Salt != "" {
			if salt = []byte(*o.Salt); len(salt) < saltBytes {
				return "", fmt.Errorf("Invalid input, salt must be at least %d bytes", saltBytes) //nolint:staticcheck // Presidio's words
			}
		}
		salted := append([]byte(value), salt...)
		switch o.HashType {
		case "", "sha256":
			sum := sha256.Sum256(salted)
			return hex.EncodeToString(sum[:]), nil
		case "sha512":
			sum := sha512.Sum512(salted)
			return hex.EncodeToString(sum[:]), nil
		}
		return "", fmt.Errorf("hash_type %q is not one of sha256, sha512", clip(o.HashType))
	case "encrypt":
		return o.encrypt(value)
	case "decrypt":
		return o.decrypt(value)
	}
	return "", fmt.Errorf("operator %q is not one of replace, redact, mask, hash, encrypt, keep, surrogate, decrypt", clip(o.Type))
}

var errKey = errors.New("Invalid input, key must be of length 128, 192 or 256 bits") //nolint:staticcheck // Presidio's words

// encrypt is AES-CBC with PKCS #7 and the IV in front, URL-safe base64: what
// Presidio's own operator writes and reads.
func (o operator) encrypt(value string) (string, error) {
	block, err := aes.NewCipher([]byte(o.Key))
	if err != nil {
		return "", errKey
	}
	pad := aes.BlockSize - len(value)%aes.BlockSize
	plain := append([]byte(value), strings.Repeat(string(rune(pad)), pad)...)
	out := make([]byte, aes.BlockSize+len(plain))
	if _, err := rand.Read(out[:aes.BlockSize]); err != nil {
		return "", err
	}
	cipher.NewCBCEncrypter(block, out[:aes.BlockSize]).CryptBlocks(out[aes.BlockSize:], plain)
	return base64.URLEncoding.EncodeToString(out), nil
}

func (o operator) decrypt(value string) (string, error) {
	block, err := aes.NewCipher([]byte(o.Key))
	if err != nil {
		return "", errKey
	}
	raw, err := base64.URLEncoding.DecodeString(strings.NewReplacer("+", "-", "/", "_").Replace(value))
	if err != nil || len(raw) < 2*aes.BlockSize || len(raw)%aes.BlockSize != 0 {
		return "", errors.New("what is to be decrypted was not encrypted so")
	}
	plain := raw[aes.BlockSize:]
	cipher.NewCBCDecrypter(block, raw[:aes.BlockSize]).CryptBlocks(plain, plain)
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > aes.BlockSize || pad > len(plain) || !utf8.Valid(plain[:len(plain)-pad]) {
		return "", errors.New("the key does not decrypt it")
	}
	return string(plain[:len(plain)-pad]), nil
}
