import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Plugin } from 'vite'
import * as sample from './sample.ts'

type Query = Record<string, string>
type Answer = (match: string[], query: Query, body: unknown) => unknown

function listOf(rows: readonly object[], query: Query, fields: string[] = []) {
  const rank = (row: object, key: string) => (row as Record<string, unknown>)[key]
  let found = rows.filter((row) => fields.every((field) => !query[field] || query[field].split(',').includes(String(rank(row, field)))))
  if (query['q']) found = found.filter((row) => JSON.stringify(row).toLowerCase().includes(query['q']!.toLowerCase()))
  const sort = query['sort']
  if (sort) {
    const [key, sign] = sort.startsWith('-') ? [sort.slice(1), -1] : [sort, 1]
    found = found.toSorted((a, b) => (String(rank(a, key) ?? '') < String(rank(b, key) ?? '') ? -sign : sign))
  }
  const start = Number(query['cursor'] ?? 0)
  const limit = Number(query['limit'] ?? 50)
  return { items: found.slice(start, start + limit), nextCursor: start + limit < found.length ? String(start + limit) : null, total: found.length }
}

const definition = { name: 'Sales coach', description: 'Coaches sellers.', instructions: 'You are a sales coach. Answer only from the training material and cite it.', model: null, tools: ['records.list'], knowledge: [sample.bases[0]!.id], starters: ['Which objection do I lose most often?'], guardrails: { onlyFromKnowledge: true, maxToolCalls: 8, blockedTopics: [] }, budget: { maxCostMicrosPerRun: 50_000, maxCostMicrosPerDay: null } }

const routes: [string, RegExp, Answer][] = [
  ['GET', /^\/api\/me$/, () => ({ user: { id: sample.members[0]!.userId, name: 'Mara Lind', email: 'mara@foundry.test', twoFactorEnabled: false }, actor: {}, agency: sample.agency, tenants: [sample.agency, ...sample.clients], current: { tenant: sample.agency, role: 'owner' } })],
  ['GET', /^\/api\/overview\/agency$/, () => ({ from: '2026-10-21', to: '2026-11-20', totals: sample.totals, previous: sample.previous, daily: sample.daily, clients: sample.clients.map((client, index) => ({ ...client, ...sample.totals, runs: [1850, 1420, 941][index], failed: [3, 30, 5][index], costMicros: [3_910_000, 4_802_330, 700_000][index], costComplete: index !== 1, lastRunAt: sample.ago([4, 55, 900][index]!), daily: sample.daily.map((entry) => Math.round(entry.runs / (index + 2))) })) })],
  ['GET', /^\/api\/overview\/client$/, () => ({ from: '2026-10-21', to: '2026-11-20', totals: sample.totals, previous: sample.previous, daily: sample.daily, agents: sample.agentList.map((agent, index) => ({ id: agent.id, name: agent.name, runs: [910, 402, 120][index], costMicros: [2_310_000, 820_000, 0][index], costComplete: index !== 1 })), counts: { projects: 1, agents: 3, sources: 12, chats: 31, people: 4 } })],
  ['GET', /^\/api\/clients$/, (_, query) => listOf(sample.clients, query)],
  ['POST', /^\/api\/clients$/, (_, __, body) => ({ ...sample.clients[0], ...(body as object) })],
  ['GET', /^\/api\/clients\/([^/]+)$/, ([slug]) => sample.clients.find((client) => client.slug === slug)],
  ['GET', /^\/api\/settings$/, () => ({ name: 'Foundry Agency', brand: { color: null }, industry: null })],
  ['GET', /^\/api\/runs$/, (_, query) => listOf(sample.runs, query, ['status', 'kind', 'provider'])],
  ['GET', /^\/api\/runs\/([^/]+)$/, ([run]) => sample.runDetail(run!)],
  ['GET', /^\/api\/runs\/[^/]+\/payloads\/.+$/, () => ({ value: { messages: [{ role: 'system', content: 'You are a sales coach.' }, { role: 'user', content: 'How do we answer “your competitor is cheaper”?' }] } })],
  ['GET', /^\/api\/usage$/, (_, query) => ({ rows: query['groupBy'] === 'day' ? sample.daily.map((entry) => ({ key: entry.day, label: entry.day, ...entry })) : ['gemini-3-flash', 'gpt-5.2-mini', 'claude-haiku-5', 'extractive'].map((key, index) => ({ key, label: key, runs: 400 - index * 80, tokensIn: 900_000, tokensOut: 80_000, costMicros: [5_100_000, 3_100_000, 1_200_000, 0][index], costComplete: index !== 1 })) })],
  ['GET', /^\/api\/providers$/, () => ({ items: sample.providers })],
  ['GET', /^\/api\/provider-chain$/, () => ({ inherited: true, targets: [{ provider: 'google', model: 'gemini-3-flash' }, { provider: 'openai', model: 'gpt-5.2-mini' }] })],
  ['GET', /^\/api\/members$/, (_, query) => listOf(sample.members, query)],
  ['GET', /^\/api\/invitations$/, (_, query) => listOf([{ id: sample.id(), email: 'noor@halden.test', role: 'member', status: 'pending', expiresAt: sample.ago(-4000), createdAt: sample.ago(100), invitedBy: 'Mara Lind' }], query)],
  ['GET', /^\/api\/api-keys$/, (_, query) => listOf([{ id: sample.id(), name: 'Nightly import', last4: 'k3Xw', role: 'member', scopes: ['records:write'], expiresAt: null, lastUsedAt: sample.ago(80), createdAt: sample.ago(40_000) }], query)],
  ['GET', /^\/api\/grants$/, (_, query) => listOf(sample.clients.map((client) => ({ id: sample.id(), userId: sample.members[2]!.userId, userName: 'Ines Okoro', clientSlug: client.slug, clientName: client.name, role: 'member', createdAt: sample.ago(9000) })), query)],
  ['GET', /^\/api\/audit$/, (_, query) => listOf(sample.audit, query, ['outcome'])],
  ['GET', /^\/api\/mailbox$/, (_, query) => listOf(sample.mails, query)],
  ['GET', /^\/api\/mailbox\/([^/]+)$/, ([mail]) => sample.mails.find((entry) => entry.id === mail)],
  ['GET', /^\/api\/knowledge$/, (_, query) => listOf(sample.bases, query)],
  ['GET', /^\/api\/knowledge\/[^/]+\/sources$/, (_, query) => listOf(sample.sources, query, ['state'])],
  ['POST', /^\/api\/knowledge\/search$/, () => ({ items: [{ id: sample.id(), sourceId: sample.sources[0]!.id, baseId: sample.bases[0]!.id, title: 'Objection handling playbook.pdf', headingPath: ['Price', 'Cheaper competitor'], text: 'Ask what the cheaper offer leaves out before you defend your own price. Two questions are enough: what happens when it breaks, and who answers the phone.', locator: { page: 12 }, score: 0.032, matchedBy: ['text', 'vector'] }] })],
  ['GET', /^\/api\/agents$/, (_, query) => listOf(sample.agentList, query)],
  ['GET', /^\/api\/agents\/[^/]+\/versions$/, (_, query) => listOf([2, 1].map((version) => ({ version, publishedAt: sample.ago(version * 3000), publishedBy: 'Mara Lind', note: null, definition })), query)],
  ['GET', /^\/api\/agents\/([^/]+)$/, ([agent]) => ({ ...sample.agentList.find((entry) => entry.id === agent), draft: definition, published: definition, availableTools: [{ name: 'records.list', summary: 'List records of a collection' }, { name: 'coach.analyze-call', summary: 'Analyse a call' }, { name: 'knowledge.search', summary: 'Search the knowledge' }] })],
  ['POST', /^\/api\/agents\/[^/]+\/validate$/, () => ({ issues: [] })],
  ['GET', /^\/api\/chats$/, (_, query) => listOf(sample.chats, query)],
  ['POST', /^\/api\/chats$/, () => sample.chats[0]],
  ['GET', /^\/api\/chats\/([^/]+)$/, ([chat]) => ({ ...(sample.chats.find((entry) => entry.id === chat) ?? sample.chats[0]), messages: [
    { id: 'm1', role: 'user', parts: [{ type: 'text', text: 'How do we answer “too expensive”?' }] },
    { id: 'm2', role: 'assistant', metadata: {}, parts: [{ type: 'tool-knowledge_search', toolCallId: 't1', state: 'output-available', input: { query: 'too expensive objection' }, output: { passages: 6 } }, { type: 'text', text: 'Do not defend the price at once. The playbook asks for **two questions first** [1]:\n\n1. What would it cost you to leave things as they are?\n2. What does the cheaper offer leave out?\n\nOnly then show the yearly figure [2].\n\n| Step | Aim |\n|---|---|\n| Ask | Understand what “expensive” is measured against |\n| Show | Put the price beside the cost of waiting |' }, { type: 'data-citations', data: { items: [{ marker: '1', passageId: 'p1', sourceId: sample.sources[0]!.id, title: 'Objection handling playbook.pdf', headingPath: ['Price'], locator: { page: 12 }, quote: 'Ask what the cheaper offer leaves out before you defend your own price.' }, { marker: '2', passageId: 'p2', sourceId: sample.sources[1]!.id, title: 'Pricing 2026.xlsx', headingPath: [], locator: { sheet: 'Yearly' }, quote: 'Yearly total for 12 seats: 9,480 USD.' }] } }, { type: 'data-run', data: { runId: sample.runs[1]!.id, provider: 'openai', model: 'gpt-5.2-mini', source: 'fresh', fallbackReason: 'google: rate_limited', tokensIn: 5210, tokensOut: 388, costMicros: 2533, costComplete: true, ms: 2452 } }] },
  ] })],
  ['GET', /^\/api\/projects$/, (_, query) => listOf(sample.projectList, query)],
  ['GET', /^\/api\/projects\/([^/]+)$/, () => sample.projectList[0]],
  ['GET', /^\/api\/blueprints$/, () => ({ items: [{ id: 'sales-call-coach', version: 1, title: 'Sales-call coach', summary: 'Analyses calls, answers from your training material, plays the prospect.', audience: 'Sales teams', icon: 'i-lucide-phone-call', standards: ['vCon'] }] })],
  ['GET', /\/records$/, (_, query) => { const rows = listOf(sample.records.map((record) => ({ ...record.data, record })), { ...query, limit: query['limit'] ?? '50' }, ['stage']); return { ...rows, items: rows.items.map((row) => (row as unknown as { record: object }).record) } }],
  ['GET', /\/records\/([^/]+)\/history$/, () => ({ items: [{ version: 1, at: sample.ago(900), actor: { name: 'Mara Lind' }, change: 'created' }] })],
  ['GET', /\/records\/([^/]+)$/, ([record]) => sample.records.find((entry) => entry.id === record)],
  ['POST', /\/aggregate$/, () => ({ rows: sample.daily.slice(0, 8).flatMap((entry) => ['new', 'won'].map((split) => ({ group: entry.day, split, value: sample.int(2, 20) }))) })],
  ['GET', /^\/api\/health$/, () => ({ status: 'degraded', version: '0.1.0', checkedAt: sample.ago(0), components: [{ name: 'database', title: 'Database', state: 'ok', ms: 2, detail: 'Embedded PostgreSQL 18.6', lastError: null, fallback: null }, { name: 'files', title: 'File storage', state: 'ok', ms: 1, detail: 'Local folder, 412 GB free', lastError: null, fallback: null }, { name: 'provider:openai', title: 'OpenAI', state: 'degraded', ms: 840, detail: '3 of the last 20 calls failed', lastError: '429: insufficient_quota', fallback: 'Answers come from Google Gemini' }, { name: 'mail', title: 'Mail', state: 'off', ms: null, detail: 'No SMTP_URL: mails go to the mailbox', lastError: null, fallback: 'Mailbox page' }, { name: 'vectors', title: 'Vector search', state: 'ok', ms: 3, detail: 'Exact scan', lastError: null, fallback: null }] })],
  ['GET', /^\/api\/status$/, () => ({ status: 'ok', title: 'Foundry Agency', checkedAt: sample.ago(0), components: [{ name: 'console', title: 'Console and API', state: 'ok' }, { name: 'agents', title: 'Agents', state: 'ok' }, { name: 'knowledge', title: 'Knowledge', state: 'degraded' }] })],
  ['GET', /^\/api\/auth\/list-sessions$/, () => [{ id: '1', token: 't', createdAt: sample.ago(300), expiresAt: sample.ago(-9000), ipAddress: '127.0.0.1', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/146' }]],
]

/** Answers below /api from samples. Anything else that writes is accepted and forgotten. */
export function mockServer(): Plugin {
  return {
    name: 'guildhall:mock-server',
    configureServer(server) {
      server.middlewares.use((request: IncomingMessage, response: ServerResponse, next) => {
        if (!request.url?.startsWith('/api/')) return next()
        const url = new URL(request.url, 'http://mock')
        const chunks: Buffer[] = []
        request.on('data', (chunk: Buffer) => chunks.push(chunk))
        request.on('end', () => {
          const send = (status: number, value: unknown) => {
            response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json', 'x-request-id': sample.id() })
            response.end(JSON.stringify(value))
          }
          for (const [method, pattern, respond] of routes) {
            const match = method === request.method ? pattern.exec(url.pathname) : null
            if (!match) continue
            let body: unknown = null
            try { body = JSON.parse(Buffer.concat(chunks).toString()) } catch { body = null }
            const value = respond(match.slice(1).map(decodeURIComponent), Object.fromEntries(url.searchParams), body)
            setTimeout(() => (value === undefined ? send(404, { title: 'Not found', detail: 'There is no such thing here.', status: 404 }) : send(200, value)), 120)
            return
          }
          if (/\/stream$/.test(url.pathname)) { response.writeHead(204); response.end(); return }
          if (/\/messages$/.test(url.pathname)) { streamAnswer(response); return }
          if (request.method === 'GET') send(404, { title: 'Not found', detail: `No sample for ${url.pathname}`, status: 404 })
          else send(200, {})
        })
      })
    },
  }
}

function streamAnswer(response: ServerResponse) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-vercel-ai-ui-message-stream': 'v1' })
  const words = 'Ask what the **cheaper offer** leaves out before you defend your price [1]. Then name the yearly figure.'.split(' ')
  const parts: unknown[] = [{ type: 'start', messageId: sample.id() }, { type: 'tool-input-available', toolCallId: 'c1', toolName: 'knowledge_search', input: { query: 'cheaper' } }, { type: 'tool-output-available', toolCallId: 'c1', output: { passages: 3 } }, { type: 'text-start', id: 't' }, ...words.map((word) => ({ type: 'text-delta', id: 't', delta: `${word} ` })), { type: 'text-end', id: 't' }, { type: 'data-citations', data: { items: [{ marker: '1', passageId: 'p1', sourceId: sample.sources[0]!.id, title: 'Objection handling playbook.pdf', headingPath: ['Price'], locator: { page: 12 }, quote: 'Ask what the cheaper offer leaves out before you defend your own price.' }] } }, { type: 'data-run', data: { runId: sample.runs[2]!.id, provider: 'builtin', model: 'extractive', source: 'extractive', fallbackReason: 'no provider configured', tokensIn: 812, tokensOut: 44, costMicros: 0, costComplete: true, ms: 212 } }, { type: 'finish' }]
  const timer = setInterval(() => {
    const part = parts.shift()
    if (part) response.write(`data: ${JSON.stringify(part)}\n\n`)
    else { response.end('data: [DONE]\n\n'); clearInterval(timer) }
  }, 60)
  response.on('close', () => clearInterval(timer))
}
