"""Against the server at $MADOGUCHI_URL."""
import os
import unittest

from madoguchi import Client, MadoguchiError


class TestClient(unittest.TestCase):
    def setUp(self):
        self.c = Client(os.environ["MADOGUCHI_URL"], os.environ.get("MADOGUCHI_TOKEN"))

    def test_check(self):
        v = self.c.check({"text": "キャッシュカードの暗証番号を教えてください", "direction": "incoming", "channel": "phone"}, lang="en")
        self.assertEqual(v["level"], "stop")
        self.assertEqual(v["asks"][0]["category"], "pin")
        self.assertTrue(v["view"]["act"])

    def test_mail(self):
        mail = "From: a@example.jp\r\nSubject: 確認\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n暗証番号を返信してください。\r\n"
        self.assertEqual(self.c.mail(mail.encode())["level"], "stop")

    def test_window(self):
        self.assertEqual(self.c.window({"url": "https://www.kuronekoyamato.co.jp/", "organization": "ヤマト運輸"})["status"], "official")

    def test_redact(self):
        self.assertNotIn("090-0000-1234", self.c.redact({"text": "電話は090-0000-1234です"})["text"])

    def test_directory(self):
        self.assertTrue(self.c.needs("order_delivery")["needs"])
        found = self.c.organizations("ヤマト運輸", limit=1)
        self.assertEqual(self.c.organization(found[0]["id"])["id"], found[0]["id"])

    def test_problems(self):
        with self.assertRaises(MadoguchiError) as e:
            self.c.check({"text": "秘密の言葉7731", "direction": "sideways"})
        self.assertEqual(e.exception.status, 422)
        self.assertNotIn("7731", str(e.exception))
        with self.assertRaises(MadoguchiError) as e:
            self.c.organization("no such")
        self.assertEqual(e.exception.status, 404)
        with self.assertRaises(MadoguchiError) as e:
            Client("http://127.0.0.1:9").needs()
        self.assertEqual(e.exception.status, 0)


if __name__ == "__main__":
    unittest.main()
