"""Ask a madoguchi server: is it all right to tell this to that support window?

    from madoguchi import Client
    verdict = Client().check({"text": "暗証番号を教えてください", "direction": "incoming"})
    verdict["level"]  # "ok", "caution" or "stop"

Nothing is kept by the client; an error never repeats what was sent. The answers' types
are in madoguchi.types, generated from the server's OpenAPI document.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from . import types

__all__ = ["Client", "MadoguchiError", "types"]

_MAX_ANSWER = 32 << 20


class MadoguchiError(Exception):
    """An answer that is a problem (RFC 9457), or no answer (status 0)."""

    def __init__(self, status: int, title: str, detail: str, retry_after: str | None = None):
        super().__init__(f"{title}: {detail}" if detail else title)
        self.status, self.title, self.detail, self.retry_after = status, title, detail, retry_after


class Client:
    """Asks one server. Safe for several threads."""

    def __init__(self, base: str = "http://127.0.0.1:8737", token: str | None = None, timeout: float = 30.0):
        self._base, self._token, self._timeout = base.rstrip("/"), token, timeout

    def check(self, exchange: types.V1CheckPostRequest, lang: str | None = None) -> types.Checked:
        """Judge a draft or something received; with lang (ja, easy, en) also in words."""
        return self._ask("POST", "/v1/check", {"lang": lang}, json.dumps(exchange).encode())

    def mail(self, source: bytes, lang: str | None = None) -> types.Checked:
        """Judge a mail's raw source (RFC 5322)."""
        return self._ask("POST", "/v1/mail", {"lang": lang}, source, "message/rfc822")

    def window(self, query: types.V1WindowPostRequest) -> types.Window:
        """Is this address or number the organization's own?"""
        return self._ask("POST", "/v1/window", {}, json.dumps(query).encode())

    def redact(self, query: types.V1RedactPostRequest) -> types.Redacted:
        """Cover the personal data of a text."""
        return self._ask("POST", "/v1/redact", {}, json.dumps(query).encode())

    def needs(self, inquiry: str | None = None, lang: str | None = None, channel: str | None = None) -> types.Needs:
        """What windows need for an inquiry; without one, the inquiries."""
        return self._ask("GET", "/v1/needs", {"inquiry": inquiry, "lang": lang, "channel": channel})

    def organizations(self, query: str, limit: int = 20) -> list[types.Organization]:
        """Find organizations by a name, an alias or a domain."""
        return self._ask("GET", "/v1/organizations", {"q": query, "limit": limit})["organizations"]

    def organization(self, id: str) -> types.Organization:
        """One organization, with sources and dates."""
        return self._ask("GET", "/v1/organizations/" + urllib.parse.quote(id, safe=""), {})

    def _ask(self, method: str, path: str, query: dict[str, Any], body: bytes | None = None, kind: str = "application/json") -> Any:
        given = {k: v for k, v in query.items() if v is not None}
        url = self._base + path + ("?" + urllib.parse.urlencode(given) if given else "")
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = kind
        if self._token:
            headers["X-Madoguchi-Token"] = self._token
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method), timeout=self._timeout) as r:
                answer = r.read(_MAX_ANSWER + 1)
        except urllib.error.HTTPError as e:
            raise _problem(e) from None
        except (urllib.error.URLError, TimeoutError) as e:
            raise MadoguchiError(0, "no answer", f"is madoguchi serve running at {self._base}? ({getattr(e, 'reason', e)})") from None
        if len(answer) > _MAX_ANSWER:
            raise MadoguchiError(0, "the answer is too large", "")
        return json.loads(answer)


def _problem(e: urllib.error.HTTPError) -> MadoguchiError:
    try:
        p = json.loads(e.read(_MAX_ANSWER))
    except ValueError:
        p = {}
    details = [p.get("detail", "")] + [x.get("message", "") for x in p.get("errors") or []]
    return MadoguchiError(e.code, p.get("title") or e.reason, "; ".join(d for d in details if d), e.headers.get("Retry-After"))
