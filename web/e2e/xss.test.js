// Hostile content in every field and in mails: nothing of it runs, nothing of it
// is loaded from anywhere.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browser, open, start } from "./server.js";

/** Payloads made of elements, what they run, and how that is disguised. */
function payloads() {
  const run = ["window.__ran=1", "self.__ran=document.domain", "window['__r'+'an']=1", "top.__ran=1", "fetch('https://evil.example/')", "new Image().src='https://evil.example/'"];
  const out = [];
  for (const js of run) {
    out.push(`<script>${js}</script>`, `<ScRiPt>${js}</sCrIpT>`, `"><script>${js}</script>`, `'><script>${js}</script>`, `</textarea><script>${js}</script>`, `</title><script>${js}</script>`, `--><script>${js}</script>`, `]]><script>${js}</script>`, `<script/x>${js}</script>`, `<scr<script>ipt>${js}</scr</script>ipt>`, `<svg><script>${js}</script></svg>`, `<math><mtext><script>${js}</script></mtext></math>`, `{{constructor.constructor("${js}")()}}`, `\${${js}}`, `javascript:${js}`, `&lt;script&gt;${js}&lt;/script&gt;`, `\u003cscript\u003e${js}\u003c/script\u003e`, `＜script＞${js}＜/script＞`, `<noscript><p title="</noscript><script>${js}</script>">`, `<template><script>${js}</script></template>`);
    for (const [tag, event] of [["img src=x", "onerror"], ["svg", "onload"], ["body", "onload"], ["input autofocus", "onfocus"], ["select autofocus", "onfocus"], ["textarea autofocus", "onfocus"], ["details open", "ontoggle"], ["video src=x", "onerror"], ["audio src=x", "onerror"], ["marquee", "onstart"], ["iframe", "onload"], ["object data=x", "onerror"], ["style", "onload"], ["a href=x tabindex=1 autofocus", "onfocus"], ["div style=animation-name:x", "onanimationstart"]]) {
      out.push(`<${tag} ${event}=${js.replace(/ /g, "\t")}>`, `"><${tag} ${event}="${js}">`);
    }
    out.push(`<iframe src="javascript:${js}">`, `<a href="javascript:${js}">x</a>`, `<form action="javascript:${js}"><button>x</button></form>`, `<object data="javascript:${js}">`, `<embed src="javascript:${js}">`, `<iframe srcdoc="<script>${js}</script>">`, `<meta http-equiv=refresh content="0;url=javascript:${js}">`, `<base href="https://evil.example/">`, `<link rel=stylesheet href="https://evil.example/a.css">`, `<img src="https://evil.example/a.png">`, `<style>@import 'https://evil.example/a.css'</style>`, `" onmouseover="${js}`, `' onfocus='${js}' autofocus='`, `x" autofocus onfocus="${js}" x="`);
  }
  return [...new Set(out)];
}

let b, s;
before(async () => { [b, s] = [await browser(), await start()]; });
after(async () => { await b.close(); await s.stop(); });

const list = payloads();

/** A page without any of our protection, in which whatever can run does. */
async function bare() {
  const context = await b.newContext({ offline: true });
  const page = await context.newPage();
  page.asked = [];
  page.on("request", (r) => page.asked.push(r.url()));
  page.show = async (html) => {
    page.asked.length = 0;
    await page.goto("about:blank");
    await page.setContent(html);
    await page.evaluate(() => new Promise((done) => setTimeout(done, 0))); // late events
    return (await page.evaluate(() => window.__ran ?? null)) !== null || page.asked.some((u) => u.includes("evil.example"));
  };
  return page;
}

test("payloads run where nothing holds them", { timeout: 600_000 }, async () => {
  const page = await bare();
  let ran = 0;
  for (const p of list) if (await page.show(`<!doctype html><p>${p}`)) ran++;
  assert.ok(ran > list.length / 2, `only ${ran} of ${list.length} do anything at all`);
  await page.context().close();
});

test(`${list.length} payloads in every form`, { timeout: 600_000 }, async () => {
  assert.ok(list.length >= 300);
  const page = await open(b, s.base);
  await page.goto(`${s.base}/ja/cases`);
  await page.fill("#passphrase", "見本の合言葉です");
  await page.click(".go");
  await page.getByText("まだ記録はありません").waitFor();
  const shown = await Promise.all(Array.from({ length: 7 }, bare)); // side by side
  const ran = [];
  let answered = 0;
  for (const [i, p] of list.entries()) {
    const lang = i % 5 ? "ja" : "easy";
    // Each form as the browser sends it; what comes back is shown without the
    // headers that protect the page: the escaping alone must hold.
    const answers = await page.evaluate(async ({ lang, p }) => {
      const post = (path, fields, file) => {
        const data = new FormData();
        for (const [k, v] of Object.entries(fields)) data.append(k, v);
        if (file) data.append("file", new File([file], "mail.eml"));
        return fetch(path, { method: "POST", body: data }).then((r) => r.text());
      };
      const one = p.replace(/[\r\n]/g, " ");
      const mail = `From: ${one} <a@rei.example>\r\nSubject: ${one}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>暗証番号を教えてください。</p>${p}<a href="https://rei.example/">${p}</a>`;
      return Promise.all([
        post(`/${lang}/draft`, { text: `暗証番号は1234です。${p}`, organization: p, inquiry: p, channel: p }),
        post(`/${lang}/received`, { text: `暗証番号を教えてください。${p}`, from: p, organization: p, initiator: p }),
        post(`/${lang}/received`, { text: "", from: p }, mail),
        post(`/${lang}/call`, { organization: p, department: p, name: p, from: p, text: p, log: `pin ${p}`, tap: p }),
        post(`/${lang}/find`, { q: p }),
        post(`/${lang}/why`, { inquiry: p }),
        post(`/${lang}/keep`, { title: p, organization: p, channel: p, text: p, row: p, from: p, name: p, notes: p }),
      ]);
    }, { lang, p });
    await Promise.all(answers.map(async (html, k) => {
      assert.match(html, /<main/, `answer ${k} to ${p}`);
      answered++;
      if (await shown[k].show(html)) ran.push(`${k}: ${p}`);
    }));
  }
  assert.deepEqual(ran, []);
  assert.equal(answered, 7 * list.length);
  assert.deepEqual(page.wrong, []);
  await Promise.all(shown.map((page) => page.context().close()));
  await page.context().close();
});

test("the pages that come back are shown, and nothing runs", { timeout: 600_000 }, async () => {
  const page = await open(b, s.base);
  for (const [i, p] of list.entries()) {
    if (i % 4) continue;
    await page.goto(`${s.base}/ja/received`);
    await page.evaluate((p) => {
      document.querySelector("#text").value = `暗証番号を教えてください。${p}`;
      document.querySelector("#from").value = p;
      document.querySelector("#organization").value = p;
    }, p);
    await Promise.all([page.waitForNavigation(), page.evaluate(() => document.querySelector("#form").submit())]);
    await page.locator(".banner").waitFor();
    assert.equal(await page.evaluate(() => window.__ran ?? null), null, p);
  }
  assert.deepEqual(page.wrong, []);
  await page.context().close();
});
