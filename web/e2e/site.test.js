// The page as files (madoguchi site), handed out by a plain file server in a folder, as
// any host does, and answered on the device.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browser, host, open, start } from "./server.js";

const scam = "【例カード】ご利用を停止しました。https://rei-card.top/login から24時間以内にカード番号と暗証番号を入力してください。";

let b, h, s;
before(async () => { [b, h, s] = [await browser(), await host(), await start()]; });
after(async () => { await b.close(); await h.stop(); await s.stop(); });

/** What a page answers to a form, without its frame. */
const post = (page, url, fields) => page.evaluate(async ([url, fields]) => (await fetch(url, { method: "POST", body: new URLSearchParams(fields), headers: { "X-Fragment": "1" } })).text(), [url, fields]);

test("answered on the device: nothing is sent, the same answers, also offline, also what is shared to it", async () => {
  const page = await open(b, h.base, { viewport: { width: 390, height: 844 } });
  const home = `${h.base}/some/folder/`;
  await page.goto(home);
  await page.waitForURL(`${home}ja/`);
  await page.locator("body[data-ready]").waitFor({ state: "attached" });
  const before = h.asked.length;

  // A person's way through it.
  await page.fill("#text", scam);
  await page.click(".go");
  await page.locator(".banner.stop").waitFor();
  await page.goto(`${home}ja/call`);
  await page.click(".tap[value=otp]");
  await page.locator(".banner.stop").waitFor();
  await page.goto(`${home}easy/draft`);
  await page.fill("#text", "パスワードは hanako-0000 です。");
  await page.click(".go");
  await page.locator(".banner.stop").waitFor();
  await page.goto(`${home}en/find`);
  await page.fill("#q", "国税庁");
  await page.click(".go");
  await page.locator("article.card").first().waitFor();

  // Letter for letter what the server answers.
  const served = await open(b, s.base);
  await served.goto(`${s.base}/ja/received`);
  for (const [door, fields] of [["received", { text: scam }], ["draft", { text: "会員番号2003004の山田花子です。電話は090-0000-1234です。" }], ["call", { tap: "pin" }], ["find", { q: "JAL" }], ["why", { inquiry: "billing" }]]) {
    // Records are kept on a server alone.
    const plain = (t) => t.replace(/<form method="post" action="[^"]*keep"[\s\S]*?<\/form>/g, "");
    assert.equal(plain(await post(page, `${home}ja/${door}`, fields)).length > 100, true);
    if (door === "received" || door === "draft" || door === "call") assert.equal(plain(await post(page, `${home}ja/${door}`, fields)), plain(await post(served, `${s.base}/ja/${door}`, fields)), door);
  }
  // Whether the worker is newer the browser itself asks, at a time of its own; it sends nothing.
  const newer = ["GET /some/folder/worker.js", "GET /some/folder/wasm_exec.js"];
  assert.deepEqual(h.asked.slice(before).filter((x) => !newer.includes(x)), [], "the host was asked for something after the first load");

  // Without a network.
  await h.stop();
  await page.goto(`${home}ja/received`);
  await page.fill("#text", scam);
  await page.click(".go");
  await page.locator(".banner.stop").waitFor();

  // What another app shares: a text, a link of its own, a file.
  await page.evaluate((text) => {
    const f = document.createElement("form");
    f.method = "post"; f.enctype = "multipart/form-data"; f.action = "received";
    for (const [name, value] of [["title", ""], ["text", text], ["url", "https://rei-card.top/login"]]) {
      const i = document.createElement("input");
      i.name = name; i.value = value; f.append(i);
    }
    document.body.append(f); f.submit();
  }, "ご利用を停止しました。暗証番号を入力してください。");
  await page.locator(".banner.stop").waitFor();
  assert.match(await page.locator("#text").inputValue(), /rei-card\.top/);
  assert.deepEqual(page.wrong, []);
});
