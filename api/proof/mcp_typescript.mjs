// The official TypeScript SDK against madoguchi over HTTP. usage: node mcp_typescript.mjs URL
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const client = new Client({ name: "proof", version: "1" });
await client.connect(new StreamableHTTPClientTransport(new URL(process.argv[2])));
const { tools } = await client.listTools();
const draft = await client.callTool({ name: "check_draft", arguments: { text: "パスワードは kingyo-7 です。", inquiry: "account_login" } });
if (draft.structuredContent?.level !== "stop") throw new Error(`a password in a draft: ${draft.structuredContent?.level}`);
const window = await client.callTool({ name: "check_window", arguments: { contact: "https://www.kuronekoyamato.co.jp/", organization: "ヤマト運輸" } });
if (window.structuredContent?.status !== "official") throw new Error(`an official site: ${window.structuredContent?.status}`);
console.log(`${tools.length} tools, a draft, a window`);
await client.close();
