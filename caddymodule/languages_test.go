package caddymodule

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// spoken are the languages that are built in.
var spoken = []string{"en", "ar", "de", "es", "fr", "hi", "pt", "zh"}

type saidAnswer struct {
	Title string `json:"title"` // of a problem
	Error struct {
		Message string       `json:"message"`
		Details []saidDetail `json:"details"`
	} `json:"error"`
	Errors []saidDetail `json:"errors"`
}

type saidDetail struct {
	Code    string         `json:"code"`
	Message string         `json:"message"`
	Params  map[string]any `json:"params"`
}

func said(t *testing.T, x *exchange) saidAnswer {
	t.Helper()
	var a saidAnswer
	if err := json.Unmarshal(x.answer.Body.Bytes(), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// Every message of an answer is of the language that the client likes best, in both
// forms; codes and params stay as they are.
func TestAnswersSpeakTheClientsLanguage(t *testing.T) {
	short := with(map[string]any{"firstName": "A", "email": nil})
	for name, test := range map[string]struct{ accept, language, top, required, length string }{
		"English by default": {"", "en", "2 fields were rejected", "This field is required.", "A name must have 2 to 50 characters."},
		"French":             {"fr-CH, fr;q=0.9, en;q=0.8", "fr", "2 champs refusés", "Ce champ est obligatoire.", "Un nom doit comporter de 2 à 50 caractères."},
		"Arabic":             {"ar-AE", "ar", "رُفض حقلان", "هذا الحقل مطلوب.", "يجب أن يتكون الاسم من 2 إلى 50 حرفًا."},
		"Chinese":            {"zh-CN", "zh", "2 个字段被拒绝", "此项必填。", "姓名须为 2 到 50 个字符。"},
		"nobody's":           {"ja", "en", "2 fields were rejected", "This field is required.", "A name must have 2 to 50 characters."},
	} {
		for _, form := range []string{"envelope", "problem"} {
			t.Run(name+", "+form, func(t *testing.T) {
				r := newRequest(short)
				r.Header.Set("Accept-Language", test.accept)
				x := newRig(t, map[string]any{"errors": form}).serve(r)
				a := said(t, x)
				top, details := a.Error.Message, a.Error.Details
				if form == "problem" {
					top, details = a.Title, a.Errors
				}
				if top != test.top || len(details) != 2 {
					t.Fatalf("%s", x.answer.Body)
				}
				by := map[string]saidDetail{details[0].Code: details[0], details[1].Code: details[1]}
				if by["required"].Message != test.required || by["name_length"].Message != test.length || by["name_length"].Params["max"] != 50.0 {
					t.Errorf("%s", x.answer.Body)
				}
				if got := x.answer.Header().Get("Content-Language"); got != test.language {
					t.Errorf("Content-Language is %q", got)
				}
				if !slices.Contains(x.answer.Header().Values("Vary"), "Accept-Language") {
					t.Errorf("Vary is %q", x.answer.Header().Values("Vary"))
				}
			})
		}
	}
}

func TestRefusalsOfARequestSpeakTheClientsLanguage(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*http.Request)
		body   string
		want   []string
	}{
		"method":  {func(r *http.Request) { r.Method = http.MethodPut }, validBody, []string{"Senden Sie diese Anfrage mit POST."}},
		"headers": {func(r *http.Request) { r.Header.Del("Uuid"); r.Header.Set("Platform", "x") }, validBody, []string{"2 Header wurden abgelehnt", "Möglich sind: fincode.", "Dieser Header ist erforderlich."}},
		"body":    {func(*http.Request) {}, `{"a":1,"a":2}`, []string{"Der Body ist kein striktes JSON: ein Membername steht doppelt, bei Byte 7."}},
		"type":    {func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, validBody, []string{"Senden Sie den Body mit Content-Type: application/json."}},
		"size":    {func(*http.Request) {}, strings.Repeat(" ", 65<<10), []string{"Der Body ist größer als 64 KiB."}},
		"early":   {func(r *http.Request) { r.Header.Set("Early-Data", "1") }, validBody, []string{"sobald der TLS-Handshake abgeschlossen ist."}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRequest(c.body)
			r.Header.Set("Accept-Language", "de")
			c.change(r)
			x := newRig(t, nil).serve(r)
			for _, want := range c.want {
				if !strings.Contains(x.answer.Body.String(), want) {
					t.Errorf("%s is not in %s", want, x.answer.Body)
				}
			}
			if x.answer.Header().Get("Content-Language") != "de" {
				t.Errorf("headers %v", x.answer.Header())
			}
		})
	}
}

// What a person typed is in no message and no param, in no language.
func TestAnswersInAnyLanguageHoldNoValue(t *testing.T) {
	const mark = "zqxjkv"
	bodies := []string{
		with(map[string]any{
			"firstName": mark + "3", "lastName": mark + strings.Repeat("k", 60), "email": mark + "@" + mark, "phone": mark, "dialingCode": "+" + mark,
			"dob": mark, "customerType": mark, "devicePlatform": mark + " " + mark, "appVersion": strings.Repeat(mark, 9), "appId": mark + "\x00",
			"password": mark, "confirmPassword": mark + "1", "address": map[string]any{"countryIso3": mark, "city": 1}, "dynamicFields": mark,
		}),
		with(map[string]any{"email": " " + mark + "@example.com", "password": mark + "Aa1!" + mark + mark, "payloadEncrypted": mark}),
		with(map[string]any{"email": "x@" + mark + "é.example", "lastName": "Zqxjkvson", "password": "Zqxjkvson1!", "dynamicFields": map[string]any{"__proto__": mark, "n": mark + "\x00"}}),
		with(map[string]any{"email": strings.Repeat(mark, 50), "password": strings.Repeat(mark+"A1!", 40)}),
	}
	for _, tag := range spoken {
		for _, body := range bodies {
			r := newRequest(body)
			r.Header.Set("Accept-Language", tag)
			x := newRig(t, nil).serve(r)
			if x.answer.Code != http.StatusUnprocessableEntity || x.answer.Header().Get("Content-Language") != tag {
				t.Fatalf("%s: %d %s", tag, x.answer.Code, x.answer.Body)
			}
			if strings.Contains(strings.ToLower(x.answer.Body.String()), mark) {
				t.Errorf("%s: %s", tag, x.answer.Body)
			}
		}
	}
}

// An answer has at most 64 KiB, in languages with more bytes to a letter too.
func TestAnswersInAnyLanguageAreBounded(t *testing.T) {
	numbers := map[string]any{}
	for i := range 100 {
		numbers[strings.Repeat("x", 306)+strconv.Itoa(100+i)] = json.RawMessage("1E400")
	}
	body := with(map[string]any{
		"dynamicFields": numbers, "email": "a@b", "firstName": "\x00", "lastName": "\x00", "dob": "\x00", "phone": "\x00", "dialingCode": "\x00",
		"devicePlatform": "a b", "appVersion": 1, "appId": 1, "password": "a", "confirmPassword": "b", "customerType": "x", "address": map[string]any{"countryIso3": "x", "city": 1, "postcode": 1, "region": 1},
	})
	for _, tag := range spoken {
		r := newRequest(body)
		r.Header.Set("Accept-Language", tag)
		if x := newRig(t, nil).serve(r); x.answer.Body.Len() > 64<<10 || len(said(t, x).Error.Details) < 100 {
			t.Errorf("%s: %d bytes, %d details", tag, x.answer.Body.Len(), len(said(t, x).Error.Details))
		}
	}
}

func TestLanguageOfAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "en.json")
	if err := os.WriteFile(path, []byte(`{"language": "en", "messages": {"required": "Please fill this in."}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	x := newRig(t, map[string]any{"languages": map[string]any{"files": []string{path}}}).serve(newRequest(with(map[string]any{"email": nil})))
	if got := said(t, x).Error.Details[0].Message; got != "Please fill this in." {
		t.Errorf("got %s", got)
	}
	x = newRig(t, map[string]any{"languages": map[string]any{"default": "hi"}}).serve(newRequest(with(map[string]any{"email": nil})))
	if got := said(t, x).Error.Details[0].Message; got != "यह फ़ील्ड ज़रूरी है।" {
		t.Errorf("got %s", got)
	}
}
