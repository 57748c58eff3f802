// @ts-check
/// <reference lib="webworker" />
// Answers the pages on the device: a service worker in which the program itself runs
// (engine.wasm). After the first load nothing is asked of any host.
const self_ = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const root = new URL("./", self_.location.href);
// Of the site in this folder: one host may have it in several.
const ours = `madoguchi ${root.pathname} `;
const kept = `${ours}VERSION`;
const later = "ocr/"; // kept when it is first needed
/** @type {string[]} */
const files = FILES;

importScripts("wasm_exec.js");

// The record book's rows, sealed by the program before they come here: database
// named as this site, store "casebook", a row's name to its bytes, and how often it was written to.
const written = "written";
let known = 0;
/** @returns {Promise<IDBDatabase>} */
function storage() {
  return new Promise((done, failed) => {
    const r = indexedDB.open(ours, 1);
    r.onupgradeneeded = () => { r.result.createObjectStore("casebook"); };
    r.onsuccess = () => done(r.result);
    r.onerror = () => failed(r.error);
  });
}

/** What is kept, name by name. @returns {Promise<[string, Uint8Array][]>} */
async function load() {
  const db = await storage();
  return new Promise((done, failed) => {
    /** @type {[string, Uint8Array][]} */
    const all = [];
    known = 0;
    const t = db.transaction("casebook");
    t.objectStore("casebook").openCursor().onsuccess = (e) => {
      const at = /** @type {IDBRequest<IDBCursorWithValue | null>} */ (e.target).result;
      if (!at) return;
      if (at.key === written) known = at.value;
      else all.push([String(at.key), at.value]);
      at.continue();
    };
    t.oncomplete = () => { db.close(); done(all); };
    t.onabort = () => { db.close(); failed(t.error); };
  });
}

/**
 * Keeps all of it or nothing; null takes away. A worker that another one has overtaken, a
 * newer release's, keeps nothing and begins anew.
 * @param {[string, Uint8Array | null][]} changes @returns {Promise<void>}
 */
async function save(changes) {
  const db = await storage();
  return new Promise((done, failed) => {
    const t = db.transaction("casebook", "readwrite", { durability: "strict" });
    const store = t.objectStore("casebook");
    const before = store.get(written);
    before.onsuccess = () => {
      if ((before.result ?? 0) !== known) {
        running = undefined;
        t.abort();
        return;
      }
      try {
        store.put(known + 1, written);
        for (const [name, bytes] of changes) {
          if (bytes) store.put(bytes, name);
          else store.delete(name);
        }
      } catch {
        t.abort(); // what was put before goes, too
      }
    };
    t.oncomplete = () => { known++; db.close(); done(); };
    t.onabort = () => { db.close(); failed(t.error); };
  });
}

/** @typedef {(method: string, path: string, type: string, fragment: string, language: string, body: Uint8Array) => Promise<{status: number, headers: [string, string][], body: Uint8Array}>} Answer */

/** @type {Promise<Answer> | undefined} */
let running;

/** The program, started once; anew where it has ended. */
function engine() {
  running ??= (async () => {
    const go = new /** @type {any} */ (self).Go();
    // What the program does most, in a module of its own that works in its memory.
    const inner = await WebAssembly.compileStreaming(keptFile("static/kernel.wasm"));
    /** @type {any} */
    let kernel;
    /** @typedef {number} N */
    go.importObject.madoguchi = {
      multiply: (/** @type {N} */ sums, /** @type {N} */ rows, /** @type {N} */ w, /** @type {N} */ i, /** @type {N} */ o) => kernel.multiply(sums, rows, w, i, o),
      norm: (/** @type {N} */ to, /** @type {N} */ x, /** @type {N} */ n, /** @type {N} */ h) => kernel.norm(to, x, n, h),
      gate: (/** @type {N} */ x, /** @type {N} */ sums, /** @type {N} */ scale, /** @type {N} */ bias, /** @type {N} */ table, /** @type {N} */ n, /** @type {N} */ h) => kernel.gate(x, sums, scale, bias, table, n, h),
    };
    const { instance } = await WebAssembly.instantiateStreaming(keptFile("engine.wasm"), go.importObject);
    kernel = (await WebAssembly.instantiate(inner, { env: { mem: /** @type {any} */ (instance.exports).mem } })).exports;
    /** @type {any} */ (self).madoguchiOCR = files.includes("static/ocr.js");
    /** @type {any} */ (self).madoguchiStorage = { load, save };
    const answer = new Promise((done) => { /** @type {any} */ (self).madoguchi = done; });
    // Where the program ends, nobody waits for it any longer.
    const ended = go.run(instance).then(() => { running = undefined; throw new Error("ended"); });
    ended.catch(() => { running = undefined; });
    const run = /** @type {Answer} */ (await answer);
    return /** @type {Answer} */ ((...a) => Promise.race([run(...a), ended]));
  })();
  running.catch(() => { running = undefined; });
  return running;
}

self_.addEventListener("install", (e) => {
  e.waitUntil((async () => {
    const c = await caches.open(kept);
    await c.addAll(files.map((f) => new Request(new URL(f, root), { cache: "reload" })));
    await self_.skipWaiting();
  })());
});

self_.addEventListener("activate", (e) => {
  e.waitUntil((async () => {
    for (const k of await caches.keys()) if ((k.startsWith(ours) || /^madoguchi-[0-9a-f]{16}$/.test(k)) && k !== kept) await caches.delete(k);
    await self_.clients.claim();
    void answer("/ja/", new Request(root)); // so that what checks need is made meanwhile
  })());
});

self_.addEventListener("fetch", (e) => {
  const u = new URL(e.request.url);
  if (u.origin !== root.origin || !u.pathname.startsWith(root.pathname)) return; // not ours
  const path = u.pathname.slice(root.pathname.length);
  // Pages count slashes to find the site's folder. No page of ours has such an address.
  if (/%2f|%5c|\\|\/\//i.test(path)) return e.respondWith(Response.redirect(root.href));
  e.respondWith(files.includes(path) || path.startsWith(later) ? keptFile(path) : answer("/" + path + u.search, e.request));
});

/** @param {string} path */
async function keptFile(path) {
  const c = await caches.open(kept);
  const found = await c.match(new URL(path, root));
  if (found) return found;
  const r = await fetch(new URL(path, root));
  if (r.ok) await c.put(new URL(path, root), r.clone());
  return r;
}

/** @param {string} path @param {Request} request */
async function answer(path, request) {
  // The record book is written to from our own pages alone. What another site sends here has
  // its own address as referrer, or none.
  if (request.method === "POST" && /^\/[a-z]+\/(keep|cases)(\/|$)/.test(path) && !request.referrer.startsWith(root.href)) return new Response(null, { status: 403 });
  const body = new Uint8Array(request.method === "POST" ? await request.arrayBuffer() : 0);
  const h = request.headers;
  try {
    const run = await engine();
    const r = await run(request.method, path, h.get("Content-Type") ?? "", h.get("X-Fragment") ?? "", h.get("Accept-Language") ?? "", body);
    const headers = new Headers(r.headers);
    const policy = headers.get("Content-Security-Policy");
    if (policy) headers.set("Content-Security-Policy", policy.replace("form-action 'self'", `form-action ${root.href}`));
    return new Response(/** @type {BodyInit} */ (r.body), { status: r.status, headers });
  } catch {
    // What went wrong may hold what was typed: it is not told.
    return new Response("<!doctype html><meta charset=utf-8><p>うまくいきませんでした。もう一度開いてください。 / That did not work. Please open the page again.", { status: 500, headers: { "Content-Type": "text/html; charset=utf-8" } });
  }
}
