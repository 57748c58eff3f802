"""The official Python SDK against madoguchi, over HTTP and over standard input.
usage: mcp_python.py BINARY URL"""
import asyncio
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

TOOLS = {"check_message", "check_draft", "check_window", "needs", "redact"}
SECRET = "暗証番号を教えてください。"


async def use(read, write, name):
    async with ClientSession(read, write) as s:
        await s.initialize()
        tools = {t.name for t in (await s.list_tools()).tools}
        assert TOOLS <= tools, tools
        r = await s.call_tool("check_message", {"text": SECRET, "channel": "phone"})
        answer = getattr(r, "structured_content", None) or r.structuredContent
        assert answer["level"] == "stop", answer
        prompts = {p.name for p in (await s.list_prompts()).prompts}
        assert "before_contacting_support" in prompts, prompts
        bad = await s.call_tool("check_message", {"text": SECRET, "channel": "pigeon"})
        assert (getattr(bad, "is_error", None) or getattr(bad, "isError", None)) and SECRET not in str(bad), bad
        print(f"{name}: {len(tools)} tools, a message, a prompt, an error")


async def main(binary, url):
    async with streamable_http_client(url) as streams:
        await use(streams[0], streams[1], "http")
    async with stdio_client(StdioServerParameters(command=binary, args=["mcp"])) as (read, write):
        await use(read, write, "stdio")


asyncio.run(main(*sys.argv[1:]))
