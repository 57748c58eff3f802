// Screenshots as people have them, rendered here, read on the device: what is asked is
// found as from the text itself. OCR=all takes all forty (some minutes).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browser, host, open } from "./server.js";

const texts = [
  "【重要】お客様のカードのご利用を制限しました。24時間以内に下記より暗証番号とカード番号をご入力ください。\nhttps://rei-card.top/login",
  "お荷物をお届けにあがりましたが不在のため持ち帰りました。ご確認ください。\nhttps://rei-post.top/a7",
  "銀行の者です。届いた認証コード6桁を教えてください。至急お願いします。",
  "あなたのパソコンはウイルスに感染しました。今すぐ電話してください。\n050-0000-1234\n遠隔操作で直します。",
  "年金の還付金があります。ATMへ行って、着いたら電話してください。口座番号をお知らせください。",
  "友だちの山本です。スマホを変えたので、電話番号と届いた番号を送ってくれる？",
  "電気料金が未払いです。本日中にお支払いがない場合は停止します。\nhttps://rei-denki.top/pay",
  "本人確認のため、運転免許証の表と裏の写真を送ってください。生年月日とご住所もお願いします。",
  "当選おめでとうございます！手数料として電子マネー3万円分の番号を送ってください。",
  "ご予約の確認です。11月30日14時にお待ちしています。変更は03-0000-5678へお電話ください。",
];
const styles = {
  sms: "background:#fff;color:#000;font-size:17px|background:#e9e9eb;border-radius:18px;padding:10px 14px;max-width:280px",
  line: "background:#8cabd8;color:#000;font-size:15px|background:#fff;border-radius:16px;padding:9px 12px;max-width:260px",
  dark: "background:#000;color:#fff;font-size:16px|background:#262628;border-radius:18px;padding:10px 14px;max-width:290px",
  small: "background:#fff;color:#222;font-size:13px|padding:8px;max-width:340px;border-top:1px solid #ccc",
};

let b, h;
before(async () => { [b, h] = [await browser(), await host()]; });
after(async () => { await b.close(); await h.stop(); });

/** What a text asks for, as the page names it. */
async function asked(page, text) {
  const html = await page.evaluate(async (text) => (await fetch("received", { method: "POST", body: new URLSearchParams({ text }), headers: { "X-Fragment": "1" } })).text(), text);
  return [...html.matchAll(/<dt>([\s\S]*?)<\/dt>/g)].map((m) => m[1].replace(/<span class="chip[^>]*>[\s\S]*?<\/span>/g, "").replace(/<rt>[\s\S]*?<\/rt>|<[^>]*>/g, "").trim());
}

test("screenshots", { timeout: 900_000 }, async () => {
  const page = await open(b, h.base, { viewport: { width: 390, height: 844 } });
  const shots = await (await b.newContext({ deviceScaleFactor: 2, viewport: { width: 390, height: 500 } })).newPage();
  await page.goto(`${h.base}/some/folder/ja/received`);
  await page.locator("body[data-ready]").waitFor({ state: "attached" });
  let want = 0, found = 0, n = 0;
  const missed = [];
  for (const [i, text] of texts.entries()) {
    for (const [j, [style, css]] of Object.entries(styles).entries()) {
      if (process.env.OCR !== "all" && (i > 7 || j !== i % 4)) continue;
      const [ground, bubble] = css.split("|");
      await shots.setContent(`<body style="margin:0;padding:24px 16px;font-family:'BIZ UDPGothic';line-height:1.5;${ground}"><p style="text-align:center;opacity:.6;font-size:12px">今日 10:24</p><div style="${bubble};white-space:pre-wrap;overflow-wrap:anywhere">${text}</div></body>`);
      const picture = await shots.screenshot({ fullPage: true });
      await page.goto(`${h.base}/some/folder/ja/received`);
      await page.setInputFiles("#file", { name: "shot.png", mimeType: "image/png", buffer: picture });
      await page.locator(".banner").waitFor({ timeout: 60_000 });
      const read = await page.locator("#text").inputValue();
      const [there, here] = [await asked(page, text), await asked(page, read)];
      for (const x of there) {
        want++;
        if (here.includes(x)) found++;
        else missed.push(`${style} ${i}: ${x} not in what was read: ${read.replaceAll("\n", " / ")}`);
      }
      n++;
    }
  }
  console.log(`# ${n} screenshots: ${found} of ${want} asks found`);
  assert.ok(want > n && found >= 0.9 * want, missed.join("\n"));
  assert.deepEqual(page.wrong.filter((w) => !/Parameter not found|Estimating resolution/.test(w)), []); // what tesseract says to itself
});
