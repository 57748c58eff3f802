// Against the server at $MADOGUCHI_URL.
import assert from "node:assert/strict";
import test from "node:test";
import { Client, MadoguchiError } from "madoguchi";

const c = new Client({ base: process.env.MADOGUCHI_URL, token: process.env.MADOGUCHI_TOKEN });

test("a message", async () => {
  const v = await c.check({ text: "キャッシュカードの暗証番号を教えてください", direction: "incoming", channel: "phone" }, { lang: "en" });
  assert.equal(v.level, "stop");
  assert.equal(v.asks[0].category, "pin");
  assert.ok(v.view.act);
});
test("a mail", async () => {
  const mail = "From: a@example.jp\r\nSubject: =?utf-8?q?x?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n暗証番号を返信してください。\r\n";
  assert.equal((await c.mail(mail)).level, "stop");
});
test("a window", async () => {
  assert.equal((await c.window({ url: "https://www.kuronekoyamato.co.jp/", organization: "ヤマト運輸" })).status, "official");
});
test("a text to cover", async () => {
  assert.ok(!(await c.redact({ text: "電話は090-0000-1234です" })).text.includes("1234"));
});
test("the directory", async () => {
  assert.ok((await c.needs({ inquiry: "order_delivery" })).needs.length > 0);
  const [o] = await c.organizations("ヤマト運輸", { limit: 1 });
  assert.equal((await c.organization(o.id)).id, o.id);
});
test("problems", async () => {
  await assert.rejects(c.check({ text: "秘密の言葉7731", direction: "sideways" }), (e) => e instanceof MadoguchiError && e.status === 422 && !e.message.includes("7731"));
  await assert.rejects(c.organization("no such"), { status: 404 });
  await assert.rejects(new Client({ base: "http://127.0.0.1:9" }).needs(), { status: 0 });
});
