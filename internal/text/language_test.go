package text_test

import (
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/internal/text"
)

// TestForeign: what is neither Japanese nor English is named; names, products and
// addresses make no language.
func TestForeign(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"お世話になっております。先日の件で連絡しました。", ""},
		{"Dear customer, please confirm your address so that we can deliver the parcel to you.", ""},
		{"至急連絡", ""},
		{"会員番号確認必要書類一覧", ""},
		{"送付先: 千葉県千葉市中央区中央港", ""},
		{"您的账户存在异常登录，请在24小时内提供密码和短信验证码，否则账户将被停用。", "zh"},
		{"貴客戶您好，您的包裹因地址不完整無法派送，請點擊以下連結更新資料。", "zh"},
		{"【中国大使馆】您涉嫌一起案件，请立即联系我们。https://example.com/", "zh"},
		{"고객님의 계좌가 정지되었습니다. 비밀번호를 알려 주세요.", "ko"},
		{"Tài khoản của bạn đã bị khóa. Vui lòng cung cấp mật khẩu và mã OTP ngay hôm nay.", "vi"},
		{"Sua conta foi bloqueada. Informe sua senha e o código recebido por mensagem para continuar.", "pt"},
		{"Su cuenta ha sido bloqueada. Envíe su contraseña y el código que recibió por mensaje.", "es"},
		{"Na-lock ang iyong account. Ibigay ang iyong password at ang code na natanggap mo sa text.", "tl"},
		{"तपाईंको खाता बन्द गरिएको छ। कृपया पासवर्ड पठाउनुहोस्।", "ne"},
		{"Ваш счёт заблокирован. Сообщите пароль и код из сообщения.", "ru"},
		{"บัญชีของคุณถูกระงับ กรุณาส่งรหัสผ่าน", "th"},
		{"お知らせです。\nTài khoản của bạn đã bị khóa. Vui lòng cung cấp mật khẩu và mã OTP ngay hôm nay.", "vi"},
		{"NGUYEN THI HOA MAI と申します。SAMSUNG GALAXY ULTRA TITANIUM BLACK を買いました。", ""},
		{"iPhone 17 Pro Max, Sony WH-1000XM6, Anker PowerCore Fusion, Nintendo Switch Online, Dyson Airwrap", ""},
		{"https://www.example.com/compte/bloque/mot-de-passe?langue=fr&client=monsieur", ""},
		{"Ωραία", ""},
	} {
		if got := text.Foreign(c.text); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
	if text.Foreign(strings.Repeat("Sua conta foi bloqueada. ", 100_000)) != "pt" {
		t.Error("a long text")
	}
}
