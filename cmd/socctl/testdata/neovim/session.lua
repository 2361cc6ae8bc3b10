-- A session of Neovim with the server: what it sees is written to $OUT, a line
-- for each step.
local out = {}
local function say(what, value)
    table.insert(out, what .. ": " .. tostring(value))
end

local function finish()
    vim.fn.writefile(out, vim.env.OUT)
    vim.cmd("qa!")
end

local client

local function ask(method, params)
    local answers = vim.lsp.buf_request_sync(0, method, params, 300000) or {}
    local answer = answers[client] or {}
    if answer.err then
        say("error of " .. method, answer.err.message)
    end
    return answer.result
end

local function codes()
    local list = {}
    for _, d in ipairs(vim.diagnostic.get(0)) do
        table.insert(list, d.code .. "@" .. d.lnum .. ":" .. d.col)
    end
    table.sort(list)
    return table.concat(list, " ")
end

local function await(what, want)
    vim.wait(300000, function() return codes() == want end, 20)
    say(what, codes())
end

local function at(line, column)
    return { textDocument = vim.lsp.util.make_text_document_params(), position = { line = line, character = column } }
end

local function session()
    vim.cmd("edit rules/whoami.yml")
    local encoding = "utf-16"
    client = vim.lsp.start_client({ name = "socctl", cmd = { "socctl", "lsp" }, root_dir = vim.fn.getcwd(),
        on_init = function(c) encoding = c.offset_encoding or encoding end })
    vim.lsp.buf_attach_client(0, client)
    await("opened", "value/unknown-modifier@10:14")

    local range = { start = { line = 10, character = 14 }, ["end"] = { line = 10, character = 15 } }
    local actions = ask("textDocument/codeAction",
        { textDocument = vim.lsp.util.make_text_document_params(), range = range, context = { diagnostics = {} } })
    say("action", actions[1].title)
    vim.lsp.util.apply_workspace_edit(actions[1].edit, encoding)
    say("line", vim.fn.getline(11))
    await("fixed", "")

    say("hover", vim.split(ask("textDocument/hover", at(10, 16)).contents.value, "\n")[1])
    local place = ask("textDocument/definition", at(11, 17))[1]
    say("definition", place.range.start.line)
    vim.fn.setline(11, "        Image|endsw: x")
    local items = ask("textDocument/completion", at(10, 19)).items
    say("completion", items[1].label)
    vim.fn.setline(11, "        Image|endswith: '\\whoami.exe'")

    vim.wait(300000, function()
        local lenses = ask("textDocument/codeLens", { textDocument = vim.lsp.util.make_text_document_params() })
        return #lenses == 1 and lenses[1].command.title == "run 1 test"
    end, 50)
    local lens = ask("textDocument/codeLens", { textDocument = vim.lsp.util.make_text_document_params() })[1]
    say("lens", lens.command.title)
    local sum = ask("workspace/executeCommand", { command = lens.command.command, arguments = lens.command.arguments })
    say("tests", sum.passed .. " passed, " .. sum.failed .. " failed")
    vim.lsp.stop_client(client)
    say("stopped", vim.wait(300000, function() return vim.lsp.get_client_by_id(client) == nil end, 20))
end

local ok, err = pcall(session)
if not ok then
    say("failed", err)
end
finish()
