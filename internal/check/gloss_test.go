package check_test

import (
	"testing"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/check"
)

// TestGloss: a secret that is asked for in kana alone or in another language stops as it does in
// Japanese; that it is never asked for, or has been brought, does not.
func TestGloss(t *testing.T) {
	for text, stop := range map[string]bool{
		"ﾊﾟｽﾜｰﾄﾞﾄ ｱﾝｼｮｳﾊﾞﾝｺﾞｳｦ ｺﾉﾒｰﾙﾆ ﾍﾝｼﾝｼﾃｸﾀﾞｻｲ｡ ﾐﾅﾐｷﾞﾝｺｳ": true,
		"ニンショウコードヲ オシエテクダサイ":                                            true,
		"Vui lòng gửi mã OTP cho chúng tôi":                             true,
		"Envie sua senha e o código recebido por SMS para desbloquear.": true,
		"请把手机收到的验证码发给客服":                                                true,
		"인증번호를 알려 주세요":                                                  true,
		"Enter the 24 words of your wallet into our validator.":         true,
		"Não informe sua senha a ninguém.":                              false,
		"【微信】验证码为482910，请勿告诉他人。":                                        false,
	} {
		v := check.Check(&exchange.Exchange{Direction: exchange.Incoming, Text: text})
		if (v.Level == exchange.Stop) != stop {
			t.Errorf("%s: %s, asks %+v", text, v.Level, v.Asks)
		}
	}
}
