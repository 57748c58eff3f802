"""LiteLLM's own Presidio guardrail against madoguchi: what it sends to a model must
hold no personal data, and what comes back must be put together again.

usage: litellm_guardrail.py BASE_URL
"""
import asyncio, sys

from litellm.caching.caching import DualCache
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.guardrails.guardrail_hooks.presidio import _OPTIONAL_PresidioPIIMasking
from litellm.types.utils import Choices, Message, ModelResponse

base = sys.argv[1]


async def main():
    for language, text, hidden in (
        ("ja", "山田花子です。電話は090-0000-1234、メールはhanako@example.ne.jpです。", ["山田花子", "090-0000-1234", "hanako@example.ne.jp"]),
        ("en", "My card is 4111 1111 1111 1111, mail hanako@example.com.", ["4111 1111 1111 1111", "hanako@example.com"]),
    ):
        g = _OPTIONAL_PresidioPIIMasking(presidio_analyzer_api_base=base, presidio_anonymizer_api_base=base, output_parse_pii=True, presidio_language=language, guardrail_name="p", event_hook="pre_call", default_on=True)
        data = {"messages": [{"role": "user", "content": text}], "metadata": {}}
        out = await g.async_pre_call_hook(user_api_key_dict=UserAPIKeyAuth(), cache=DualCache(), data=data, call_type="completion")
        sent = out["messages"][0]["content"]
        print(language, "sent to the model:", sent)
        assert not any(h in sent for h in hidden), "personal data went out"
        answer = ModelResponse(choices=[Choices(message=Message(role="assistant", content="確認: " + sent))])
        back = await g.async_post_call_success_hook(data=out, user_api_key_dict=UserAPIKeyAuth(), response=answer)
        got = (back or answer).choices[0].message.content
        print(language, "given back:", got)
        assert all(h in got for h in hidden), "the answer was not put together again"


asyncio.run(main())
