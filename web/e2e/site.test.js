// The page as files (madoguchi site), handed out by a plain file server in a folder, as
// any host does, and answered on the device.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { binary, browser, host, open, start } from "./server.js";

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
    const here = await post(page, `${home}ja/${door}`, fields);
    assert.equal(here.length > 100, true);
    if (door === "received" || door === "draft" || door === "call") assert.equal(here, await post(served, `${s.base}/ja/${door}`, fields), door);
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

/** All that the browser keeps of the record book, as it lies there. */
const stored = (page) => page.evaluate(() => new Promise((done, failed) => {
  const r = indexedDB.open("madoguchi /some/folder/ ", 1);
  r.onerror = () => failed(r.error);
  r.onsuccess = () => {
    const all = r.result.transaction("casebook").objectStore("casebook").getAll();
    all.onsuccess = () => { r.result.close(); done(all.result.map((b) => b instanceof Uint8Array ? new TextDecoder().decode(b) : String(b)).join("\n")); };
  };
}));

/** Ends the worker, as a browser does that is short of memory. */
async function stopWorkers(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("ServiceWorker.enable");
  await cdp.send("ServiceWorker.stopAllWorkers");
  await cdp.detach();
}

const secret = "馬 電池 ホチキス 正解";
const unlock = async (page) => { await page.fill("#passphrase", secret); await page.click("main .go"); };

test("the record book on the device: sealed, locked with the worker, to and from the program", async (t) => {
  const own = await host();
  t.after(own.stop);
  const page = await open(b, own.base, { viewport: { width: 390, height: 844 } });
  const home = `${own.base}/some/folder/`;
  await page.goto(`${home}ja/received`);
  await page.locator("body[data-ready]").waitFor({ state: "attached" });
  const before = own.asked.length;

  // What was checked is kept: the book is made on the way, and nothing typed is lost.
  await page.fill("#text", scam);
  await page.click("#form .go");
  await page.locator(".banner.stop").waitFor();
  await page.locator("form.keep").evaluate((f) => f.requestSubmit());
  await page.locator("#passphrase").waitFor();
  await page.locator("main", { hasText: "いまの内容が記録に残ります" }).waitFor();
  await unlock(page);
  await page.waitForURL(/\/ja\/cases\/[0-9a-f]{16}$/);
  const address = page.url();
  assert.match(await page.locator("ol.log").textContent(), /rei-card\.top/);
  await page.fill("#note", "電話を切りました");
  await page.click("form[action$='/add'] .go");
  await page.locator("ol.log", { hasText: "切りました" }).waitFor();
  const lies = await stored(page);
  assert.ok(lies.length > 1000);
  for (const word of ["rei-card", "例カード", "切りました", "電池"]) assert.ok(!lies.includes(word), `${word} can be read where it lies`);

  // Locked by hand, and with the end of the worker; what was kept is there again.
  await page.goto(`${home}ja/cases`);
  await page.click("form[action$='/lock'] button");
  await page.fill("#passphrase", "まちがった合言葉です");
  await page.click("main .go");
  await page.locator("[role=alert]").waitFor();
  await unlock(page);
  await page.locator("ul.list a").waitFor();
  await stopWorkers(page);
  await page.goto(address);
  await unlock(page);
  await page.goto(address);
  await page.locator("ol.log", { hasText: "rei-card.top" }).waitFor();

  // The worker ended while a note was typed: nothing of it is lost.
  await page.fill("#note", "その間に書いたこと");
  await stopWorkers(page);
  await page.click("form[action$='/add'] .go");
  await page.locator("main", { hasText: "いまの内容が記録に残ります" }).waitFor();
  await unlock(page);
  await page.locator("ol.log", { hasText: "その間に書いたこと" }).waitFor();

  // Another site's page sends a form: it writes nothing.
  const foreign = createServer((_, r) => r.writeHead(200, { "Content-Type": "text/html" }).end(`<form method="post" action="${home}ja/keep"><input name="title" value="forged"><input name="text" value="forged"><input name="row" value="x"><button>win</button></form>`));
  await new Promise((done) => foreign.listen(0, "127.0.0.1", () => done(undefined)));
  t.after(() => foreign.close());
  const evil = await page.context().newPage();
  await evil.goto(`http://127.0.0.1:${foreign.address().port}/`);
  const [sent] = await Promise.all([evil.waitForResponse((r) => r.url().endsWith("/ja/keep")), evil.click("button")]);
  assert.equal(sent.status(), 403);
  await evil.close();
  await page.goto(`${home}ja/cases`);
  assert.ok(!(await page.locator("main").textContent()).includes("forged"));

  // A crafted address does not lead a form out of the folder.
  await page.goto(`${home}ja/cases/a%2Fb`);
  await page.waitForURL(`${home}ja/`);
  await page.goto(address);

  // Another worker wrote meanwhile, a newer release's: this one writes nothing over it.
  await page.evaluate(() => new Promise((done) => {
    const r = indexedDB.open("madoguchi /some/folder/ ", 1);
    r.onsuccess = () => {
      const t = r.result.transaction("casebook", "readwrite");
      t.objectStore("casebook").put(1000, "written");
      t.oncomplete = () => { r.result.close(); done(undefined); };
    };
  }));
  await page.fill("#note", "上書き");
  await page.click("form[action$='/add'] .go");
  await page.locator("h1, p", { hasText: "うまくいきません" }).first().waitFor();
  await page.goto(address);
  await unlock(page);
  await page.goto(address);
  await page.fill("#note", "もう一度");
  await page.click("form[action$='/add'] .go");
  await page.locator("ol.log", { hasText: "もう一度" }).waitFor();
  assert.ok(!(await page.locator("ol.log").textContent()).includes("上書き"));

  // Out: the copy opens with the program, the evidence proves itself.
  const saved = async (what) => { const [d] = await Promise.all([page.waitForEvent("download"), page.locator(what).evaluate((f) => f.requestSubmit())]); return d.path(); };
  const dir = mkdtempSync(join(tmpdir(), "madoguchi-book-"));
  const run = (...args) => execFileSync(binary, args, { env: { ...process.env, MADOGUCHI_PASSPHRASE: secret }, encoding: "utf8" });
  assert.match(run("case", "verify-bundle", await saved("form[action$='/bundle']")), /6 件/);
  await page.goto(`${home}ja/cases`);
  run("case", "restore", await saved("form[action$='/backup']"), "--dir", join(dir, "book"));
  assert.match(run("case", "list", "--dir", join(dir, "book")), /例カード/);
  run("case", "verify", "--dir", join(dir, "book"));

  // In: another device takes in what the program wrote, and a file of another kind changes nothing.
  run("case", "backup", join(dir, "copy.json"), "--portable", "--dir", join(dir, "book"));
  const other = await open(b, own.base);
  await other.goto(`${home}ja/cases`);
  await other.locator("body[data-ready]").waitFor({ state: "attached" });
  await other.click("summary");
  await other.fill("#its-passphrase", secret);
  await other.setInputFiles("#book", { name: "x.json", mimeType: "application/json", buffer: Buffer.from("{}") });
  await other.locator("form[action$='/restore']").evaluate((f) => f.requestSubmit());
  await other.locator("[role=alert]").waitFor();
  await other.click("summary");
  await other.fill("#its-passphrase", secret);
  await other.setInputFiles("#book", join(dir, "copy.json"));
  await other.locator("form[action$='/restore']").evaluate((f) => f.requestSubmit());
  await other.click("ul.list a");
  await other.locator("ol.log", { hasText: "切りました" }).waitFor();

  // Removed is removed; the paper is a page that can be printed.
  await other.click("form[action$='/paper'] button");
  await other.locator("text=切りました").first().waitFor();
  await page.goto(address);
  await page.click("details:has(form[action$='/remove']) summary");
  await page.click(".danger");
  await page.waitForURL(`${home}ja/cases`);
  assert.equal(await page.locator("ul.list").count(), 0);
  const newer = ["GET /some/folder/worker.js", "GET /some/folder/wasm_exec.js"];
  const later = own.asked.slice(before).filter((x) => !newer.includes(x));
  assert.deepEqual(later.filter((x) => !x.startsWith("GET")), [], "something was sent");
  const refused = (status) => `console: Failed to load resource: the server responded with a status of ${status} ()`;
  assert.deepEqual([...page.wrong, ...other.wrong], [403, 500, 403].map(refused)); // the wrong passphrase, the overtaken worker, the wrong file
  rmSync(dir, { recursive: true });
});
