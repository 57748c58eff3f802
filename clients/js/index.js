// Ask a madoguchi server: is it all right to tell this to that support window?

/** An answer that is a problem (RFC 9457), or no answer (status 0). It never repeats what was sent. */
export class MadoguchiError extends Error {
  constructor(status, title, detail, retryAfter) {
    super(detail ? `${title}: ${detail}` : title);
    Object.assign(this, { name: "MadoguchiError", status, title, detail, retryAfter });
  }
}

export class Client {
  #base;
  #token;
  #timeout;

  constructor({ base = "http://127.0.0.1:8737", token, timeout = 30_000 } = {}) {
    this.#base = base.replace(/\/+$/, "");
    this.#token = token;
    this.#timeout = timeout;
  }

  check(exchange, { lang } = {}) {
    return this.#ask("POST", "/v1/check", { lang }, JSON.stringify(exchange));
  }

  mail(source, { lang } = {}) {
    return this.#ask("POST", "/v1/mail", { lang }, source, "message/rfc822");
  }

  window(query) {
    return this.#ask("POST", "/v1/window", {}, JSON.stringify(query));
  }

  redact(query) {
    return this.#ask("POST", "/v1/redact", {}, JSON.stringify(query));
  }

  needs({ inquiry, lang, channel } = {}) {
    return this.#ask("GET", "/v1/needs", { inquiry, lang, channel });
  }

  async organizations(q, { limit } = {}) {
    return (await this.#ask("GET", "/v1/organizations", { q, limit })).organizations;
  }

  organization(id) {
    return this.#ask("GET", `/v1/organizations/${encodeURIComponent(id)}`, {});
  }

  async #ask(method, path, query, body, kind = "application/json") {
    const url = new URL(this.#base + path);
    for (const [k, v] of Object.entries(query)) if (v !== undefined) url.searchParams.set(k, String(v));
    const headers = { Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = kind;
    if (this.#token) headers["X-Madoguchi-Token"] = this.#token;
    let r;
    try {
      r = await fetch(url, { method, headers, body, signal: AbortSignal.timeout(this.#timeout) });
    } catch (e) {
      throw new MadoguchiError(0, "no answer", `is madoguchi serve running at ${this.#base}? (${e.cause?.code ?? e.name})`);
    }
    const answer = await r.json().catch(() => ({}));
    if (r.ok) return answer;
    const details = [answer.detail, ...(answer.errors ?? []).map((x) => x.message)].filter(Boolean);
    throw new MadoguchiError(r.status, answer.title ?? r.statusText, details.join("; "), r.headers.get("Retry-After") ?? undefined);
  }
}
