// Prints the figures of docs/site.md: the engine's size, how soon it is ready, how long a
// text of 1,000 letters takes. usage: npm run measure, after make site.
import { readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { browser, host, open } from "./server.js";

const engine = readFileSync("../../bin/site/engine.wasm");
const packed = brotliCompressSync(engine, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: engine.length } });
console.log(`engine: ${engine.length} bytes, brotli ${packed.length}`);

const [b, h] = [await browser(), await host()];
const page = await open(b, h.base);
let began = performance.now();
await page.goto(`${h.base}/some/folder/ja/received`);
await page.locator("body[data-ready]").waitFor({ state: "attached" });
console.log(`ready after the first visit: ${Math.round(performance.now() - began)} ms`);
const check = (text) => page.evaluate(async (text) => {
  const began = performance.now();
  await (await fetch("received", { method: "POST", body: new URLSearchParams({ text }), headers: { "X-Fragment": "1" } })).text();
  return Math.round(performance.now() - began);
}, text);
await page.waitForTimeout(3000); // a person reads and types
console.log(`first check, three seconds later: ${await check("短い文です。")} ms`);
const text = "お客様の口座に不審な取引がありました。24時間以内に https://example.top/a でご確認ください。暗証番号はお聞きしません。".repeat(20).slice(0, 1000);
const times = [];
for (let i = 0; i < 7; i++) times.push(await check(text));
console.log(`1,000 letters: ${times.sort((x, y) => x - y)[3]} ms (median of 7)`);
await b.close();
await h.stop();
