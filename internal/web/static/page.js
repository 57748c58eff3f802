// @ts-check
// What the page can do beyond HTML: check while one types, take dropped files,
// copy, keep time. Nothing is sent anywhere but to the page's own server.

/** @type {{createHTML(s: string): any, createScriptURL(s: string): any} | undefined} */
const policy = /** @type {any} */ (window).trustedTypes?.createPolicy("madoguchi", { createHTML: (/** @type {string} */ s) => s, createScriptURL: (/** @type {string} */ s) => s });

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("form"));
const result = document.getElementById("result");

// A page that is answered on the device: its worker must be there before anything is
// sent, or it would be sent to the host of the pages.
/** @type {Promise<void>} */
let answering = Promise.resolve();
const app = document.body.dataset.app;
if (app) answering = getReady(app);

/** @param {string} script */
async function getReady(script) {
  const note = /** @type {HTMLElement} */ (document.getElementById("ready"));
  if (!navigator.serviceWorker) { // within another app's browser, or a private window
    note.textContent = note.dataset.cannot ?? "";
    note.hidden = false;
    return new Promise(() => {});
  }
  const there = () => navigator.serviceWorker.controller;
  if (!there()) note.hidden = false;
  await navigator.serviceWorker.register(policy ? policy.createScriptURL(script) : script, { scope: document.body.dataset.scope });
  if (!there()) await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
  // The pages that the host hands out say nothing of the record book.
  const early = document.querySelectorAll("[data-early]");
  if (early.length && /\/cases$/.test(location.pathname)) location.reload();
  for (const b of early) /** @type {HTMLButtonElement} */ (b).disabled = false;
  note.hidden = true;
  document.body.dataset.ready = "";
}
if (app) {
  document.addEventListener("submit", (e) => {
    if (navigator.serviceWorker?.controller) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    const f = /** @type {HTMLFormElement} */ (e.target);
    const button = /** @type {SubmitEvent} */ (e).submitter;
    void answering.then(() => f.requestSubmit(button));
  }, { capture: true });
}

// A browser ends a worker that is not asked anything for half a minute, and the record
// book is locked then: while a page is looked at, the worker is asked for a picture.
const held = document.body.dataset.held;
if (held) setInterval(() => { if (!document.hidden) void fetch(held).catch(() => {}); }, 15_000);
// A page of the record book that comes back from the browser's memory may be locked.
if (held) addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });
// Who begins a record book wants it kept when the device runs short of room.
for (const f of document.querySelectorAll("form[data-persist]")) f.addEventListener("submit", () => { if (app) void navigator.storage?.persist?.(); });

/** @type {AbortController | undefined} */
let running;
let answered = false;

/**
 * Asks the server for the result alone, or for a page and takes the result out of it: the
 * person stays on this one, and Back leads to where he was before. Its HTML is our own
 * templates', every value in it escaped there.
 * @param {HTMLFormElement} f @param {HTMLElement | null} button @param {boolean} focus @param {string} [log]
 */
async function check(f, button, focus, log) {
  if (!result) return;
  running?.abort();
  const mine = (running = new AbortController());
  const data = new FormData(f, /** @type {any} */ (button) ?? undefined);
  if (log) data.set("log", log);
  const part = f.hasAttribute("data-live") || f.hasAttribute("data-drop");
  const multipart = f.enctype === "multipart/form-data";
  const body = multipart ? data : new URLSearchParams(/** @type {any} */ (data));
  result.setAttribute("aria-busy", "true");
  try {
    await answering;
    const r = await fetch(f.action, { method: "POST", body, headers: part ? { "X-Fragment": "1" } : {}, signal: mine.signal });
    const html = await r.text();
    if (mine.signal.aborted) return;
    const ours = policy ? policy.createHTML(html) : html;
    if (part) result.innerHTML = ours;
    else result.replaceChildren(...(new DOMParser().parseFromString(ours, "text/html").getElementById("result")?.childNodes ?? []));
    answered = true;
    ready(result);
    if (focus) {
      result.focus({ preventScroll: true });
      (result.querySelector(".banner, .error") ?? result).scrollIntoView({ block: "start" });
    } else if (button) result.querySelector(".banner")?.scrollIntoView({ block: "nearest" });
  } catch (e) {
    if (!mine.signal.aborted && (!app || navigator.serviceWorker?.controller)) f.submit(); // the server answers with the whole page
  } finally {
    if (running === mine) result.removeAttribute("aria-busy");
  }
}

/** @param {ParentNode} root */
function ready(root) {
  for (const b of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-share]"))) b.hidden = false;
  for (const b of /** @type {NodeListOf<HTMLButtonElement>} */ (root.querySelectorAll("[data-copy]"))) {
    b.hidden = false;
    b.onclick = async () => {
      await navigator.clipboard.writeText(document.getElementById(b.dataset.copy ?? "")?.textContent ?? "");
      b.textContent = b.dataset.done ?? "";
    };
  }
}

// The answer as words, for somebody whom the person trusts: nothing of the text that was
// checked is among them.
document.addEventListener("click", async (e) => {
  const b = /** @type {HTMLElement} */ (e.target).closest("[data-share]");
  const article = b?.closest("article");
  if (!b || !article) return;
  const words = [...article.querySelectorAll(".banner h2, .banner p, .two li, a.go")].map((x) => {
    const copy = /** @type {HTMLElement} */ (x.cloneNode(true));
    for (const r of copy.querySelectorAll("rt, rp")) r.remove();
    return copy.textContent?.trim();
  }).join("\n");
  if (navigator.share) {
    await navigator.share({ text: words }).catch(() => {}); // the person thought better of it
    return;
  }
  await navigator.clipboard.writeText(words);
  b.textContent = /** @type {HTMLElement} */ (b).dataset.done ?? "";
});

if (form) {
  let wait = 0;
  let began = 0;
  form.addEventListener("submit", (e) => {
    if (!result) return;
    e.preventDefault();
    const button = /** @type {SubmitEvent} */ (e).submitter;
    if (button?.getAttribute("name") === "tap") {
      button.setAttribute("data-used", "");
      keepTime();
    }
    void check(form, button, button?.getAttribute("name") !== "tap");
  });
  document.addEventListener("input", (e) => {
    const t = /** @type {HTMLElement} */ (e.target);
    if (t.id !== "text" || !result || !form.hasAttribute("data-live")) return;
    clearTimeout(wait);
    wait = window.setTimeout(() => {
      const text = /** @type {HTMLTextAreaElement} */ (t).value;
      if (text.trim().length > 3) void check(form, null, false);
    }, 600);
  });
  for (const a of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("[data-lang-switch]"))) {
    a.addEventListener("click", (e) => {
      // What has been typed goes along: the form is sent to the other language's page.
      if (![...new FormData(form)].some(([name, v]) => typeof v === "string" && v.trim() && !["initiator", "inquiry"].includes(name))) return;
      e.preventDefault();
      form.action = a.href;
      form.submit();
    });
  }
  // What was typed comes back with Back: it lies in this tab's own history, as long as that.
  addEventListener("pagehide", () => {
    const fields = [...new FormData(form)].filter(([, v]) => typeof v === "string" && v !== "");
    try {
      history.replaceState({ fields, answered }, "");
    } catch {
      // Longer than a browser keeps there.
    }
  });
  const before = history.state;
  if (before?.fields?.length && !document.querySelector("#result .banner")) {
    let log = "";
    for (const [name, value] of before.fields) {
      if (name === "log") log = value;
      for (const x of /** @type {NodeListOf<HTMLInputElement>} */ (document.getElementsByName(name))) {
        if (x.type === "checkbox") x.checked ||= x.value === value;
        else if (x.type !== "hidden" && x.type !== "submit") x.value = value;
      }
    }
    if (before.answered && result) void check(form, null, false, log);
  }
  const timer = document.getElementById("timer");
  /** Starts with the first thing that is asked. */
  function keepTime() {
    if (!timer || began) return;
    began = Date.now();
    /** @type {HTMLElement} */ (timer.parentElement).hidden = false;
    setInterval(() => {
      const s = Math.floor((Date.now() - began) / 1000);
      timer.textContent = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
    }, 1000);
  }
  if (form.hasAttribute("data-drop")) {
    const file = /** @type {HTMLInputElement} */ (form.querySelector("#file"));
    document.addEventListener("dragover", (e) => { e.preventDefault(); form.classList.add("dropping"); });
    document.addEventListener("dragleave", () => form.classList.remove("dropping"));
    document.addEventListener("drop", (e) => {
      e.preventDefault();
      form.classList.remove("dropping");
      if (!e.dataTransfer?.files.length) return;
      file.files = e.dataTransfer.files;
      void handed();
    });
    const field = /** @type {HTMLTextAreaElement} */ (form.querySelector("#text"));
    const reading = document.getElementById("reading");
    const handed = async () => {
      if (!file.files?.length) return;
      const f = file.files[0];
      if (document.body.dataset.ocr && f.type.startsWith("image/") && reading) {
        reading.hidden = false;
        try {
          const { readPicture } = await import(new URL(document.body.dataset.ocr, document.baseURI).href);
          field.value = await readPicture(f, (/** @type {number} */ done) => { reading.querySelector("progress")?.setAttribute("value", String(done)); });
        } catch {
          // It could not be read: the answer says so, and QR codes are read all the same.
        }
        reading.hidden = true;
      }
      void check(form, null, true);
    };
    file.addEventListener("change", () => void handed());
    // A file that another app opens with this one (https://wicg.github.io/web-app-launch/).
    /** @type {any} */ (window).launchQueue?.setConsumer(async (/** @type {any} */ launch) => {
      if (!launch.files?.length) return;
      const given = new DataTransfer();
      given.items.add(await launch.files[0].getFile());
      file.files = given.files;
      void handed();
    });
  }
}
for (const b of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-paste]"))) {
  if (!navigator.clipboard?.readText) continue;
  b.hidden = false;
  b.onclick = async () => {
    const field = /** @type {HTMLTextAreaElement} */ (document.getElementById(b.dataset.paste ?? ""));
    try {
      field.value = await navigator.clipboard.readText();
    } catch {
      field.focus(); // not allowed: the person pastes
      return;
    }
    field.form?.requestSubmit();
  };
}
ready(document);
