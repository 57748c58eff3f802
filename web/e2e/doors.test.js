// Every door, in three languages, at phone and desktop width.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import { browser, open, start } from "./server.js";

const draft = "お世話になります。会員番号2003004の山田花子です。ログインできません。パスワードはhanako-0000、電話は090-0000-1234です。";
const scam = "【例カード】ご利用を停止しました。https://rei-card.top/login から24時間以内にカード番号と暗証番号を入力してください。";
const mail = "From: =?utf-8?B?5L6L6YqA6KGM?= <a@rei-bank.top>\r\nTo: hanako@example.jp\r\nSubject: Notice\r\nDate: Mon, 23 Nov 2026 10:00:00 +0900\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>暗証番号を<a href=\"https://rei-bank.top/\">こちら</a>に入力してください。<img src=\"https://rei-bank.top/p.png\"></p>";

let b, s;
before(async () => { [b, s] = [await browser(), await start()]; });
after(async () => { await b.close(); await s.stop(); });

async function accessible(page, what) {
  const r = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
  assert.deepEqual(r.violations.map((v) => `${what}: ${v.id}: ${v.nodes.map((n) => n.target).join(" ")}`), []);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  assert.equal(wide, false, `${what}: it scrolls sideways`);
}

/** Holds a picture of the page against the one that somebody has looked at. */
async function golden(page, name) {
  mkdirSync("golden", { recursive: true });
  const got = PNG.sync.read(await page.screenshot({ animations: "disabled" }));
  const file = `golden/${name}.png`;
  if (process.env.GOLDEN === "new" || !existsSync(file)) {
    assert.ok(process.env.GOLDEN === "new", `${file} is missing: look at the page and run with GOLDEN=new`);
    writeFileSync(file, PNG.sync.write(got));
    return;
  }
  const want = PNG.sync.read(readFileSync(file));
  assert.deepEqual([got.width, got.height], [want.width, want.height], name);
  const off = pixelmatch(got.data, want.data, undefined, got.width, got.height, { threshold: 0.2 });
  if (off > got.width * got.height * 0.02) {
    writeFileSync(`golden/${name}.got.png`, PNG.sync.write(got));
    assert.fail(`${name}: ${off} pixels differ; see golden/${name}.got.png`);
  }
}

const sizes = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 900 } };

for (const lang of ["ja", "easy", "en"]) {
  for (const [size, viewport] of Object.entries(sizes)) {
    test(`${lang}, ${size}`, async () => {
      const page = await open(b, s.base, { viewport });
      const go = async (door) => { await page.goto(`${s.base}/${lang}/${door}`); await accessible(page, `${lang} ${door}`); };
      await go("");
      if (lang !== "en") await golden(page, `home-${lang}-${size}`);
      await go("draft");
      await page.fill("#text", draft);
      await page.click(".go");
      await page.locator(".banner.stop").waitFor();
      await accessible(page, `${lang} draft answered`);
      await page.evaluate(() => scrollTo(0, document.querySelector(".banner").offsetTop - 20));
      await golden(page, `draft-${lang}-${size}`);
      const found = page.locator(".found.stop");
      assert.equal(await found.textContent(), "hanako-0000");
      await found.focus();
      await page.keyboard.press("Enter");
      await page.locator(".why:popover-open").waitFor();
      await accessible(page, `${lang} reason`);
      await page.keyboard.press("Escape");
      assert.ok(!(await page.locator(".covered").textContent()).includes("hanako-0000"));

      await go("received");
      await page.fill("#text", scam);
      await page.locator(".banner.stop").waitFor(); // while typing, without a click
      await accessible(page, `${lang} received answered`);
      await page.setInputFiles("#file", { name: "mail.eml", mimeType: "message/rfc822", buffer: Buffer.from(mail) });
      await page.locator(".taken", { hasText: lang === "en" ? "mail" : "メール" }).waitFor();
      assert.equal(await page.locator(".banner").count(), 2, "the file and the text: both are answered");
      await page.goto(`${s.base}/${lang}/received`);
      await page.fill("#text", "https://www.amazon.co.jp/");
      await page.click(".go");
      await page.locator(".banner.ok").waitFor();
      await accessible(page, `${lang} official`);

      await go("call");
      await page.fill("#organization", "例銀行");
      await page.click("button[value=name]");
      await page.locator(".banner.caution").waitFor();
      await accessible(page, `${lang} call caution`);
      await page.click("button[value=pin]");
      await page.locator(".banner.stop").waitFor();
      await accessible(page, `${lang} call stop`);
      const box = await page.locator(".banner.stop").boundingBox();
      assert.ok(box.width >= viewport.width - 20, "the banner goes from edge to edge");
      assert.ok(await page.locator("#timer").isVisible());
      if (size === "phone") { await page.evaluate(() => scrollTo(0, 0)); await page.evaluate(() => { document.querySelector(".timer").remove(); }); await golden(page, `call-${lang}`); }

      await page.click("button[value=undo]");
      await page.locator(".banner.caution").waitFor();

      await go("told");
      await page.check("input[value=card_number]");
      await page.check("input[value=transfer_money]");
      await page.click(".go");
      await page.locator(".banner.stop").waitFor();
      assert.ok(await page.locator("a.tel").count() > 0, "somebody to call");
      await accessible(page, `${lang} told`);
      if (size === "phone") await golden(page, `told-${lang}`);

      await go("find");
      await page.fill("#q", "ヤマト運輸");
      await page.click(".go");
      await page.locator(".card").first().waitFor();
      await accessible(page, `${lang} found`);
      assert.ok(!page.url().includes("%"), "nothing that was typed stands in the address");

      await go("why");
      await page.selectOption("#inquiry", "order_delivery");
      await page.click(".go");
      await page.locator(".item").first().waitFor();
      await accessible(page, `${lang} why`);
      assert.deepEqual(page.wrong, []);
      await page.context().close();
    });
  }
}

test("records: made, kept, shown, on paper, locked", async () => {
  const page = await open(b, s.base, { viewport: sizes.phone, acceptDownloads: true });
  await page.goto(`${s.base}/ja/cases`);
  await accessible(page, "no book");
  await page.fill("#passphrase", "短い");
  await page.click(".go");
  await page.locator(".error").waitFor();
  await accessible(page, "short");
  page.wrong = page.wrong.filter((w) => !w.includes("403")); // the refusal is meant
  await page.fill("#passphrase", "見本の合言葉です");
  await page.click(".go");
  await page.getByText("まだ記録はありません").waitFor();
  await accessible(page, "empty book");
  await page.goto(`${s.base}/ja/received`);
  await page.fill("#text", scam);
  await page.locator(".keep button").click();
  await page.locator(".log").waitFor();
  assert.match(await page.locator(".log").textContent(), /暗証番号/);
  await accessible(page, "a case");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("button[value=pdf]")]);
  assert.match(download.suggestedFilename(), /\.pdf$/);
  await page.fill("#note", "切りました。<img src=x onerror=alert(1)>");
  await page.getByRole("button", { name: "書き足す" }).click();
  await page.getByText("切りました。").waitFor();
  await page.goto(`${s.base}/ja/cases`);
  await accessible(page, "a list");
  await page.getByRole("button", { name: "鍵をかける" }).click();
  await page.getByText("鍵がかかっています").waitFor();
  await accessible(page, "locked");
  const cookies = await page.context().cookies();
  assert.deepEqual(cookies.filter((c) => c.value).map((c) => c.name), []);
  assert.deepEqual(page.wrong, []);
  await page.context().close();
});

test("without JavaScript both text checks answer", async () => {
  const page = await open(b, s.base, { javaScriptEnabled: false, viewport: sizes.phone });
  for (const [door, text] of [["draft", draft], ["received", scam]]) {
    await page.goto(`${s.base}/ja/${door}`);
    await page.fill("#text", text);
    await page.click(".go");
    assert.ok(await page.locator(".banner.stop").isVisible());
    assert.equal(await page.locator("#text").inputValue(), text);
  }
  await page.goto(`${s.base}/ja/call`);
  await page.click("button[value=name]");
  await page.locator(".banner.caution").waitFor();
  await page.click("button[value=otp]");
  await page.locator(".banner.stop").waitFor();
  assert.ok(await page.locator(".banner.stop").isVisible());
  await page.context().close();
});

test("by keyboard alone", async () => {
  const page = await open(b, s.base, { viewport: sizes.desk });
  await page.goto(`${s.base}/ja/draft`);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  for (let i = 0; i < 5 && (await page.evaluate(() => document.activeElement.id)) !== "text"; i++) await page.keyboard.press("Tab");
  await page.keyboard.type("暗証番号は1234です。");
  for (let i = 0; i < 5 && !(await page.evaluate(() => document.activeElement.matches(".go"))); i++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.locator(".banner.stop").waitFor();
  await page.waitForFunction(() => document.activeElement?.id === "result");
  await page.context().close();
});

test("small, large, dark, high contrast, reduced motion", async () => {
  for (const [name, options, zoom] of [["320 px", { viewport: { width: 320, height: 640 } }], ["200 %", { viewport: { width: 640, height: 450 } }], ["dark", { viewport: sizes.phone, colorScheme: "dark" }], ["contrast", { viewport: sizes.phone, contrast: "more" }], ["forced colours", { viewport: sizes.phone, forcedColors: "active" }], ["still", { viewport: sizes.phone, reducedMotion: "reduce" }]]) {
    const page = await open(b, s.base, options);
    for (const [door, text] of [["draft", draft], ["received", scam]]) {
      await page.goto(`${s.base}/ja/${door}`);
      await page.fill("#text", text);
      await page.click(".go");
      await page.locator(".banner").waitFor();
      await accessible(page, `${name} ${door}`);
    }
    await page.goto(`${s.base}/easy/call`);
    await page.click("button[value=pin]");
    await page.locator(".banner").waitFor();
    await accessible(page, `${name} call`);
    await page.context().close();
  }
});

test("the language changes and what was typed stays", async () => {
  const page = await open(b, s.base, { viewport: sizes.phone });
  await page.goto(`${s.base}/ja/received`);
  await page.fill("#text", scam);
  await page.getByRole("link", { name: "English" }).click();
  await page.locator(".banner.stop").waitFor();
  assert.equal(await page.locator("#text").inputValue(), scam);
  assert.match(page.url(), /\/en\/received$/);
  await page.context().close();
});

for (const [size, viewport] of Object.entries(sizes)) {
  test(`an answer is on the screen, and Back brings it again, ${size}`, async () => {
    const page = await open(b, s.base, { viewport });
    const shown = async (what) => {
      await page.locator(".banner.stop").waitFor();
      await page.waitForFunction(() => { const r = document.querySelector(".banner").getBoundingClientRect(); return r.top >= 0 && r.top < innerHeight / 2; }, undefined, { timeout: 3000 }).catch(() => assert.fail(`${what}: the act is off the screen`));
    };
    for (const [door, text] of [["", scam], ["received", scam], ["draft", draft]]) {
      await page.goto(`${s.base}/ja/${door}`);
      await page.fill("#text", text);
      await page.click("button.go");
      await shown(door || "home");
      await page.goto(`${s.base}/ja/find`);
      await page.fill("#q", "三井住友銀行");
      await page.click("button.go");
      await page.locator("article.card").first().waitFor();
      await page.goBack();
      assert.equal(await page.locator("#text").inputValue(), text, `${door}: the text after Back`);
      await page.locator(".banner.stop").waitFor();
    }
    await page.goto(`${s.base}/ja/`);
    await page.fill("#text", scam);
    await page.getByRole("link", { name: "English" }).click();
    assert.match(page.url(), /\/en\/$/);
    assert.equal(await page.locator("#text").inputValue(), scam);
    await page.context().close();
  });
}

test("an answered page without JavaScript begins with the act", async () => {
  const page = await open(b, s.base, { viewport: sizes.phone, javaScriptEnabled: false });
  await page.goto(`${s.base}/ja/`);
  await page.fill("#text", scam);
  await page.click("button.go");
  const at = await page.locator(".banner.stop").boundingBox();
  assert.ok(at.y < 500, `the act is at ${at.y}`);
  await page.context().close();
});

test("large letters: the act stays in words", async () => {
  const page = await open(b, s.base, { viewport: sizes.phone });
  await page.goto(`${s.base}/ja/received`);
  await page.addStyleTag({ content: "html { font-size: 225%; }" }).catch(() => page.evaluate(() => { document.documentElement.style.fontSize = "225%"; }));
  await page.evaluate(() => { document.documentElement.style.fontSize = "225%"; });
  await page.fill("#text", scam);
  await page.click("button.go");
  await page.locator(".banner.stop").waitFor();
  const wide = await page.evaluate(() => document.querySelector(".banner > div").getBoundingClientRect().width / parseFloat(getComputedStyle(document.querySelector(".banner h2")).fontSize));
  assert.ok(wide >= 4, `${wide} letters in a line`);
  await page.context().close();
});

test("light, and quick to answer", async () => {
  const page = await open(b, s.base, { viewport: sizes.phone });
  let bytes = 0;
  page.on("response", async (r) => { bytes += (await r.body().catch(() => Buffer.alloc(0))).length; });
  await page.goto(`${s.base}/ja/draft`, { waitUntil: "networkidle" });
  assert.ok(bytes < 200 * 1024, `${bytes} bytes`);
  await page.fill("#text", draft);
  await page.click(".go");
  await page.locator(".banner").waitFor({ timeout: 5000 });
  await page.context().close();
});
