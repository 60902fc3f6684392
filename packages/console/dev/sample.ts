/** Seeded sample answers; the same with each start. */
let state = 7
export function random(): number {
  // mulberry32
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
export const int = (min: number, max: number) => min + Math.floor(random() * (max - min + 1))
export const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
export const id = () => 'xxxxxxxx-xxxx-7xxx-8xxx-xxxxxxxxxxxx'.replaceAll('x', () => '0123456789abcdef'[int(0, 15)]!)
export const hash = () => Array.from({ length: 64 }, () => '0123456789abcdef'[int(0, 15)]).join('')
export const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10)

export const agency = { id: id(), kind: 'agency' as const, slug: 'foundry', name: 'Foundry Agency', role: 'owner' as const, industry: null, brand: {}, demo: true }
export const clients = [
  { slug: 'northwind-barbers', name: 'Northwind Barbers', industry: 'Barbershop', brand: { color: '#0f766e' } },
  { slug: 'lumen-records', name: 'Lumen Records', industry: 'Music label', brand: { color: '#c2410c' } },
  { slug: 'halden-sales', name: 'Halden Sales', industry: 'B2B sales team', brand: { color: '#1d4ed8' } },
].map((client) => ({ ...client, id: id(), kind: 'client' as const, role: 'owner' as const, demo: true, createdAt: ago(int(90, 120) * 1440), archivedAt: null }))

const agents = ['Sales coach', 'Booking desk', 'Royalty clerk'].map((name) => ({ id: id(), name, version: int(1, 5) as number | null }))
const models = [
  ['google', 'gemini-3-flash'],
  ['openai', 'gpt-5.2-mini'],
  ['anthropic', 'claude-haiku-5'],
  ['builtin', 'extractive'],
] as const
const titles = ['How do we answer “your competitor is cheaper”?', 'Analysis of discovery-call-14.vtt', 'Which objections came up this week?', 'Role-play: sceptical CFO', 'What does the warranty cover?', 'Ingest training-deck.pdf', 'Who owes us a callback?', 'Summarise the last three calls with Adler']
export const runs = Array.from({ length: 137 }, (_, index) => {
  const [provider, model] = pick(models)
  const failed = random() < 0.05
  const tokensIn = int(300, 14_000)
  const tokensOut = int(60, 1400)
  const client = pick(clients)
  return {
    id: id(), client: { slug: client.slug, name: client.name }, kind: pick(['chat', 'analysis', 'roleplay', 'completion', 'ingestion']), title: pick(titles),
    status: index === 0 ? 'running' : failed ? 'failed' : 'ok', agent: pick([...agents, null]), projectId: null, chatId: null,
    actor: { kind: 'user', id: id(), name: pick(['Mara Lind', 'Tomas Vale', 'Ines Okoro']) },
    provider: failed ? null : provider, model: failed ? null : model, tokensIn, tokensOut,
    costMicros: provider === 'builtin' ? 0 : random() < 0.08 ? null : Math.round(tokensIn * 0.3 + tokensOut * 2.5), costComplete: random() > 0.1, ms: index === 0 ? null : int(180, 9000),
    startedAt: ago(index * int(20, 60) + 2), error: failed ? 'All providers of the chain failed' : null, feedback: random() < 0.1 ? { rating: 'up', comment: null } : null,
  }
})

export const daily = Array.from({ length: 30 }, (_, index) => {
  const count = int(60, 110) + index * 3
  return { day: day(29 - index), runs: count, failed: int(0, 4), fallbacks: int(0, 6), tokensIn: count * 3100, tokensOut: count * 420, costMicros: count * int(1800, 2600), costComplete: random() > 0.2 }
})
export const totals = { runs: 4211, failed: 38, fallbacks: 71, tokensIn: 13_400_000, tokensOut: 1_820_000, costMicros: 9_412_330, costComplete: false, p95Ms: 2310 }
export const previous = { ...totals, runs: 3760, failed: 51, fallbacks: 74, costMicros: 9_800_000, costComplete: true, p95Ms: 2240 }

export const attempts = (failedFirst: boolean) => [
  ...(failedFirst ? [{ id: id(), number: 1, provider: 'google', model: 'gemini-3-flash', outcome: 'failed', startedAt: ago(3), ms: 812, firstTokenMs: null, tokensIn: null, tokensOut: null, tokensCached: null, tokensEstimated: false, costMicros: 0, status: 429, reason: 'rate_limited', error: 'Resource has been exhausted (check quota).' }] : []),
  { id: id(), number: failedFirst ? 2 : 1, provider: 'openai', model: 'gpt-5.2-mini', outcome: 'ok', startedAt: ago(2), ms: 1640, firstTokenMs: 410, tokensIn: 5210, tokensOut: 388, tokensCached: 2048, tokensEstimated: false, costMicros: 2533, status: 200, reason: failedFirst ? 'rate_limited' : null, error: null },
]
export function runDetail(runId: string) {
  const run = runs.find((entry) => entry.id === runId) ?? runs[1]!
  const step = (number: number, kind: string, name: string, ms: number, more: object = {}) => ({ id: id(), number, kind, name, status: 'ok', startedAt: ago(3), ms, inputHash: hash(), outputHash: hash(), facts: null, error: null, attempts: [], ...more })
  return {
    run: { ...run, inputHash: hash(), outputHash: hash() },
    steps: [
      step(1, 'retrieval', 'Search training material', 64, { facts: { passages: 6, matchedBy: 'text, vector', bestScore: 0.0325 } }),
      step(2, 'engine', 'Conversation metrics', 12, { facts: { engine: 'conversation-metrics 1.0', turns: 148 } }),
      step(3, 'model', 'Coach language', 2452, { attempts: attempts(true) }),
      step(4, 'tool', 'records.list', 21, { facts: { collection: 'calls', rows: 12 } }),
      step(5, 'model', 'Verify quotes', 980, { status: run.status === 'failed' ? 'failed' : 'ok', error: run.status === 'failed' ? run.error : null, attempts: attempts(false) }),
    ],
  }
}

export const providers = [
  { kind: 'google', type: 'google', name: 'Google Gemini', configured: 'here', last4: '4fQz', baseUrl: null, models: [{ id: 'gemini-3-flash', capabilities: ['chat', 'image', 'search', 'transcription'] }, { id: 'gemini-embedding-2', capabilities: ['embedding'] }], state: 'ok', lastError: null, checkedAt: ago(14) },
  { kind: 'openai', type: 'openai', name: 'OpenAI', configured: 'inherited', last4: 'x81a', baseUrl: null, models: [{ id: 'gpt-5.2-mini', capabilities: ['chat'] }], state: 'failing', lastError: '429: insufficient_quota', checkedAt: ago(50) },
  { kind: 'anthropic', type: 'anthropic', name: 'Anthropic', configured: 'none', last4: null, baseUrl: null, models: [], state: 'none', lastError: null, checkedAt: null },
  { kind: 'huggingface', type: 'huggingface', name: 'Hugging Face', configured: 'none', last4: null, baseUrl: null, models: [], state: 'none', lastError: null, checkedAt: null },
  { kind: 'local-ollama', type: 'openai-compatible', name: 'local-ollama', configured: 'here', last4: null, baseUrl: 'http://127.0.0.1:11434/v1', models: [{ id: 'qwen3:8b', capabilities: ['chat'] }], state: 'untested', lastError: null, checkedAt: null },
  { kind: 'builtin', type: 'builtin', name: 'Built-in answerer', configured: 'here', last4: null, baseUrl: null, models: [{ id: 'extractive', capabilities: ['chat'] }], state: 'ok', lastError: null, checkedAt: ago(1) },
]
export const members = ['Mara Lind', 'Tomas Vale', 'Ines Okoro', 'Rui Castell'].map((name, index) => ({ userId: id(), name, email: `${name.split(' ')[0]!.toLowerCase()}@foundry.test`, role: ['owner', 'admin', 'member', 'viewer'][index], createdAt: ago(int(1, 90) * 1440) }))
export const audit = Array.from({ length: 90 }, (_, index) => ({ id: id(), at: ago(index * 37 + 1), action: pick(['projects.create', 'providers.connect', 'agents.publish', 'members.update', 'invitations.create', 'clients.update', 'knowledge.sources.add']), outcome: pick(['ok', 'ok', 'ok', 'ok', 'refused', 'failed']), actor: { kind: 'user', id: id(), name: pick(['Mara Lind', 'Tomas Vale']) }, client: pick([null, ...clients.map((client) => ({ slug: client.slug, name: client.name }))]), target: null, detail: { name: 'Sales coach', role: 'member' }, requestId: id() }))
export const mails = ['Invitation to Foundry Agency', 'Reset your password', 'Verify your e-mail address'].map((subject, index) => ({ id: id(), to: 'ines@halden.test', from: 'Guildhall <no-reply@localhost>', subject, createdAt: ago(index * 400 + 4), text: `Hello Ines,\n\nMara Lind invites you to work in Halden Sales.\nOpen this link: http://127.0.0.1:4100/accept-invitation?token=abc\n`, html: null }))
const projectId = id()
export const bases = [{ id: id(), key: 'training', title: 'Training materials', projectId, sources: { queued: 1, reading: 1, ready: 9, failed: 1 } }, { id: id(), key: 'product', title: 'Product facts', projectId: null, sources: { queued: 0, reading: 0, ready: 3, failed: 0 } }]
export const sources = [['Objection handling playbook.pdf', 'ready', 48], ['Pricing 2026.xlsx', 'ready', 12], ['Discovery call guide.docx', 'reading', null], ['Old brochure.pdf', 'failed', null], ['Call intro.vtt', 'ready', 5], ['Onboarding.md', 'queued', null]].map(([title, sourceState, chunks], index) => ({ id: id(), baseId: bases[0]!.id, title, fileId: id(), mediaType: 'application/pdf', size: int(20_000, 4_000_000), state: sourceState, reason: sourceState === 'failed' ? 'The file is encrypted with a password' : null, remedy: sourceState === 'failed' ? 'Save it without a password and add it again.' : null, chunks, createdAt: ago(index * 700) }))
export const agentList = agents.map((agent, index) => ({ id: agent.id, slug: agent.name.toLowerCase().replace(' ', '-'), name: agent.name, description: ['Coaches sellers from their own calls and the training material.', 'Finds free chairs and books them.', 'Explains royalty statements line by line.'][index], state: index === 2 ? 'draft' : 'published', publishedVersion: index === 2 ? null : agent.version, hasDraft: index > 0, projectId, starters: ['Which objection do I lose most often?', 'How should I open a call with a CFO?', 'What does our playbook say about discounts?'], updatedAt: ago(index * 900) }))
export const projectList = [{
  id: projectId, name: 'Sales-call coach', blueprint: { id: 'sales-call-coach', title: 'Sales-call coach', version: 1, icon: 'i-lucide-phone-call' }, createdAt: ago(80_000), upgradeTo: null,
  collections: [
    { key: 'prospects', title: 'Prospects', singular: 'prospect', description: 'Companies that are being talked to', icon: 'i-lucide-building', titleMember: 'name', schema: { type: 'object', required: ['name', 'stage'], properties: { name: { type: 'string', title: 'Name', maxLength: 80 }, stage: { type: 'string', title: 'Stage', enum: ['new', 'talking', 'offer', 'won', 'lost'] }, value: { type: 'number', title: 'Value', 'x-unit': 'USD', minimum: 0 }, nextCallAt: { type: 'string', format: 'date', title: 'Next call' }, email: { type: 'string', format: 'email', title: 'E-mail' }, notes: { type: 'string', title: 'Notes', 'x-multiline': true }, warm: { type: 'boolean', title: 'Warm lead' } } } },
  ],
  views: [
    { key: 'calls', kind: 'page', title: 'Calls', page: 'calls' },
    { key: 'prospects', kind: 'table', title: 'Prospects', collection: 'prospects', members: ['name', 'stage', 'value', 'nextCallAt', 'warm'] },
    { key: 'pipeline', kind: 'board', title: 'Pipeline', collection: 'prospects', groupBy: 'stage', members: ['value', 'nextCallAt'] },
    { key: 'new-prospect', kind: 'form', title: 'New prospect', collection: 'prospects', members: ['name', 'stage', 'value', 'email', 'nextCallAt', 'warm', 'notes'] },
    { key: 'by-week', kind: 'chart', title: 'New prospects by week', collection: 'prospects', chart: 'bar', groupBy: 'nextCallAt', bucket: 'week', measure: { function: 'count' }, splitBy: 'stage' },
    { key: 'history', kind: 'timeline', title: 'Timeline', collection: 'prospects', at: 'nextCallAt', titleMember: 'name', kindMember: 'stage' },
  ],
}]
export const records = Array.from({ length: 64 }, (_, index) => ({ id: id(), version: 1, createdAt: ago(index * 900), updatedAt: ago(index * 300), data: { name: `${pick(['Adler', 'Brandt', 'Corvo', 'Dahl', 'Elm', 'Fjord', 'Gale'])} ${pick(['Logistics', 'Tools', 'Foods', 'Energy', 'Studio'])}`, stage: pick(['new', 'talking', 'offer', 'won', 'lost']), value: int(2, 90) * 1000, nextCallAt: day(int(-10, 40)), email: 'office@example.test', warm: random() > 0.5, notes: 'Asked for a second reference.' } }))
export const chats = ['How do we answer “too expensive”?', 'Opening with a CFO', 'Discount rules'].map((title, index) => ({ id: id(), title, agent: { id: agents[0]!.id, name: 'Sales coach' }, createdAt: ago(index * 2000 + 30), updatedAt: ago(index * 2000 + 5) }))
