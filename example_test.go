package madoguchi_test

import (
	"context"
	"fmt"

	"github.com/madoguchi/madoguchi"
)

// A caller asks for a PIN.
func ExampleCheck() {
	v, err := madoguchi.Check(context.Background(), &madoguchi.Message{
		Direction: madoguchi.Received, Channel: "phone", Organization: "三菱UFJ銀行",
		Text: "お客様の口座が不正に使われています。確認のため、キャッシュカードの暗証番号を教えてください。",
	})
	if err != nil {
		panic(err)
	}
	a := madoguchi.Words(&v, madoguchi.Japanese)
	fmt.Println(v.Level)
	fmt.Println(a.Act)
	// Output:
	// stop
	// 電話を切ってください。途中で切っても失礼にはなりません。
}

// A draft with a password in it.
func ExampleRedact() {
	r, err := madoguchi.Redact(context.Background(), "会員番号 20038841、パスワードは kingyo-7 です。ログインできません。", madoguchi.RedactOptions{Inquiry: "account_login"})
	if err != nil {
		panic(err)
	}
	fmt.Println(r.Text)
	// Output:
	// 会員番号 20038841、パスワードは 〔パスワード1〕 です。ログインできません。
}

func ExampleFind() {
	found, err := madoguchi.Find(context.Background(), "山田花子です。電話は 090-4417-3826 です。", madoguchi.FindOptions{})
	if err != nil {
		panic(err)
	}
	for _, f := range found {
		fmt.Println(f.Category, f.Text)
	}
	// Output:
	// name 山田花子
	// phone 090-4417-3826
}

func ExampleNeeds() {
	for _, n := range madoguchi.Needs("card_lost_stolen", madoguchi.Circumstances{}) {
		if n.Category == "card_cvv" || n.Category == "birth_date" {
			fmt.Println(n.Category, n.Level, n.Purpose)
		}
	}
	// Output:
	// birth_date common identity_verification
	// card_cvv never none
}
