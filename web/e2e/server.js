// Starts the program on a port of its own, with a casebook of its own, and a
// real browser (Debian's Chromium).
import { spawn } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const binary = process.env.MADOGUCHI ?? "../../bin/madoguchi";

export async function start() {
  const dir = mkdtempSync(join(tmpdir(), "madoguchi-e2e-"));
  const p = spawn(binary, ["serve", "--addr", "127.0.0.1:0", "--dir", join(dir, "book")], { stdio: ["ignore", "ignore", "pipe"] });
  const base = await new Promise((resolve, reject) => {
    let said = "";
    p.stderr.on("data", (d) => {
      said += d;
      const m = said.match(/http:\/\/[0-9.:]+/);
      if (m) resolve(m[0]);
    });
    p.on("exit", (c) => reject(new Error(`the server ended with ${c}: ${said}`)));
  });
  return { base, stop: () => new Promise((done) => { p.on("exit", () => { rmSync(dir, { recursive: true }); done(); }); p.kill("SIGTERM"); }) };
}

export const browser = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--font-render-hinting=none", "--disable-lcd-text"] });

/** A page that remembers what must not happen: errors, and requests to elsewhere. */
export async function open(b, base, options = {}) {
  const context = await b.newContext({ locale: "ja-JP", ...options });
  const page = await context.newPage();
  page.wrong = [];
  page.on("pageerror", (e) => page.wrong.push(`error: ${e.message}`));
  page.on("console", (m) => { if (m.type() === "error") page.wrong.push(`console: ${m.text()}`); });
  page.on("dialog", (d) => { page.wrong.push(`dialog: ${d.message()}`); void d.dismiss(); });
  page.on("request", (r) => { if (!r.url().startsWith(base + "/") && !r.url().startsWith("data:") && !r.url().startsWith("blob:")) page.wrong.push(`request to ${r.url()}`); });
  return page;
}

const files = process.env.SITE ?? "../../bin/site";
const types = { html: "text/html; charset=utf-8", js: "text/javascript", css: "text/css", gz: "application/gzip", svg: "image/svg+xml", png: "image/png", wasm: "application/wasm", webmanifest: "application/manifest+json" };

/** A host of files: it counts what it was asked for and says no to everything but GET. */
export function host() {
  const asked = [];
  const s = createServer((q, r) => {
    asked.push(`${q.method} ${q.url}`);
    const path = new URL(q.url, "http://x").pathname;
    if (q.method !== "GET" || !path.startsWith("/some/folder/")) return void r.writeHead(405).end();
    let f = `${files}/${path.slice("/some/folder/".length)}`;
    if (f.endsWith("/")) f += "index.html";
    if (!existsSync(f)) f += ".html";
    if (!existsSync(f)) return void r.writeHead(404).end();
    r.writeHead(200, { "Content-Type": types[f.split(".").pop()] ?? "application/octet-stream" });
    createReadStream(f).pipe(r);
  });
  return new Promise((done) => s.listen(0, "127.0.0.1", () => done({ base: `http://127.0.0.1:${s.address().port}`, asked, stop: () => new Promise((d) => { s.closeAllConnections(); s.close(d); }) })));
}
