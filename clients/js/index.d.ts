import type { components, operations } from "./schema.js";

type Schemas = components["schemas"];
type Body<O extends keyof operations> = operations[O] extends { requestBody: { content: { "application/json": infer B } } } ? B : never;

export type Lang = "ja" | "easy" | "en";
export type Exchange = Body<"check">;
export type WindowQuery = Body<"window">;
export type RedactQuery = Body<"redact">;
export type Checked = Schemas["Checked"];
export type Window = Schemas["Window"];
export type Redacted = Schemas["Redacted"];
export type Needs = Schemas["Needs"];
export type Organization = Schemas["Organization"];

/** An answer that is a problem (RFC 9457), or no answer (status 0). It never repeats what was sent. */
export class MadoguchiError extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly retryAfter?: string;
}

/** Asks one server. */
export class Client {
  constructor(options?: { base?: string; token?: string; timeout?: number });
  /** Judge a draft or something received; with lang also in words (view). */
  check(exchange: Exchange, options?: { lang?: Lang }): Promise<Checked>;
  /** Judge a mail's raw source (RFC 5322). */
  mail(source: string | Uint8Array, options?: { lang?: Lang }): Promise<Checked>;
  /** Is this address or number the organization's own? */
  window(query: WindowQuery): Promise<Window>;
  /** Cover the personal data of a text. */
  redact(query: RedactQuery): Promise<Redacted>;
  /** What windows need for an inquiry; without one, the inquiries. */
  needs(options?: { inquiry?: string; lang?: Lang; channel?: string }): Promise<Needs>;
  /** Find organizations by a name, an alias or a domain. */
  organizations(q: string, options?: { limit?: number }): Promise<Organization[]>;
  /** One organization, with sources and dates. */
  organization(id: string): Promise<Organization>;
}
