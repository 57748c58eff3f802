--[[
Asks madoguchi (madoguchi serve) what a mail is, over HTTP on this machine: POST /v1/mail
with the raw mail. Copy to /etc/rspamd/plugins.d/ and configure as madoguchi.conf beside
this file. A mail that cannot be judged gets MADOGUCHI_FAIL (0) and goes on: rspamd's own
decision stands.
]]
local rspamd_http = require "rspamd_http"
local rspamd_logger = require "rspamd_logger"
local ucl = require "ucl"

local N = "madoguchi"
local settings = { url = "http://127.0.0.1:8737/v1/mail", token = nil, timeout = 10.0, max_size = 16777216, symbols = { stop = 8.0, caution = 1.0, ok = 0.0 } }

local function check(task)
  if task:get_size() > settings.max_size then
    task:insert_result("MADOGUCHI_FAIL", 0.0, "size")
    return
  end
  local headers = { ["Content-Type"] = "message/rfc822" }
  if settings.token then headers["Authorization"] = "Bearer " .. settings.token end
  local function answered(err, code, body)
    local parser = ucl.parser()
    local row
    if not err and code == 200 and parser:parse_string(body) then row = parser:get_object() end
    local level = row and row.level
    if level ~= "stop" and level ~= "caution" and level ~= "ok" then
      rspamd_logger.errx(task, "%s: no verdict (status %s)", N, code or "none")
      task:insert_result("MADOGUCHI_FAIL", 0.0, err and "unreachable" or tostring(code))
      return
    end
    local why = {}
    for _, r in ipairs(row.reasons or {}) do why[#why + 1] = r.id end
    if row.scenario then why[#why + 1] = row.scenario end
    task:insert_result("MADOGUCHI_" .. level:upper(), 1.0, why)
  end
  if not rspamd_http.request({ task = task, url = settings.url, headers = headers, body = task:get_content(), callback = answered, timeout = settings.timeout, mime_type = "message/rfc822" }) then
    task:insert_result("MADOGUCHI_FAIL", 0.0, "unreachable")
  end
end

local opts = rspamd_config:get_all_opt(N)
if opts then
  for k, v in pairs(opts) do
    if k == "symbols" then for level, score in pairs(v) do settings.symbols[level] = score end else settings[k] = v end
  end
end
local id = rspamd_config:register_symbol({ name = "MADOGUCHI_CHECK", type = "callback", callback = check })
for level, score in pairs(settings.symbols) do
  rspamd_config:register_symbol({ name = "MADOGUCHI_" .. level:upper(), type = "virtual", parent = id, score = score, group = N })
end
rspamd_config:register_symbol({ name = "MADOGUCHI_FAIL", type = "virtual", parent = id, score = 0.0, group = N })
