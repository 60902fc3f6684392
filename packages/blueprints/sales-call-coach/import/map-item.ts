import { createHash } from 'node:crypto'
import { dateOf, numberOf, textOf, type DumpItem, type DumpKey } from './read-dump.ts'

export interface MappedRecord {
  collection: string
  data: Record<string, unknown>
  /** Data URL of a file that belongs to it, with its name. */
  file?: { name: string; url: string }
}

/** An entry of the older application as a record here. @throws Error naming what is missing. */
export function mapItem(key: DumpKey, item: DumpItem, ids: { client(name: string): string | undefined }): MappedRecord {
  switch (key) {
    case 'clients':
      return { collection: 'clients', data: client(item) }
    case 'trainingMaterials':
      return material(item)
    case 'callAnalyses':
      return { collection: 'call-analyses', data: analysis(item, ids) }
    case 'campaigns':
      return { collection: 'campaigns', data: campaign(item) }
    case 'signups':
      return { collection: 'sign-ups', data: signUp(item) }
  }
}

/** What identifies an entry: its own id, else its content. */
export function itemKey(item: DumpItem): string {
  return textOf(item, ['id', '_id', 'uuid']) ?? createHash('sha256').update(JSON.stringify(item)).digest('hex')
}

function client(item: DumpItem): Record<string, unknown> {
  return present({
    name: required(textOf(item, ['name', 'company', 'companyName', 'clientName'], 200), 'name'),
    industry: textOf(item, ['industry', 'sector'], 120),
    contact: textOf(item, ['contact', 'contactName', 'contactPerson'], 200),
    email: email(textOf(item, ['email', 'contactEmail'])),
    phone: textOf(item, ['phone', 'tel', 'telephone'], 60),
    stage: oneOf(textOf(item, ['stage', 'status']), ['lead', 'discovery', 'proposal', 'won', 'lost']),
    dealValue: numberOf(item, ['dealValue', 'value', 'amount']),
    notes: textOf(item, ['notes', 'description']),
  })
}

function material(item: DumpItem): MappedRecord {
  const title = required(textOf(item, ['title', 'name', 'fileName', 'filename'], 200), 'title')
  const url = textOf(item, ['dataUrl', 'dataURL', 'data', 'content', 'file', 'url'], Number.MAX_SAFE_INTEGER)
  const data = present({ title, kind: oneOf(textOf(item, ['kind', 'type', 'category']), ['playbook', 'guide', 'script', 'case-study']) ?? 'other', description: textOf(item, ['description', 'summary'], 4000) })
  return { collection: 'training-materials', data, ...(url?.startsWith('data:') ? { file: { name: textOf(item, ['fileName', 'filename', 'name', 'title'], 200) ?? title, url } } : {}) }
}

function analysis(item: DumpItem, ids: { client(name: string): string | undefined }): Record<string, unknown> {
  const at = dateOf(item, ['date', 'createdAt', 'timestamp', 'analyzedAt', 'analysedAt'])
  const score = numberOf(item, ['score', 'overallScore', 'totalScore'])
  const talk = numberOf(item, ['talkRatio', 'talkTime', 'talkPercentage'])
  const companyId = ids.client(textOf(item, ['client', 'clientName', 'company']) ?? '')
  return present({
    title: textOf(item, ['title', 'name', 'callTitle', 'fileName', 'clientName'], 300) ?? 'Imported analysis',
    // The call itself was never kept by the older application: its analysis stands for it.
    callId: companyId ?? '00000000-0000-8000-8000-000000000000',
    analysedAt: required(at, 'date'),
    rep: textOf(item, ['rep', 'salesRep', 'agent', 'user'], 200),
    score: score === undefined ? undefined : Math.max(0, Math.min(100, score <= 1 ? score * 100 : score)),
    talkRatio: talk === undefined ? undefined : Math.max(0, Math.min(100, talk <= 1 ? talk * 100 : talk)),
    transcriptHash: createHash('sha256').update(JSON.stringify(item)).digest('hex'),
    summary: textOf(item, ['summary', 'feedback', 'analysis']),
    analysis: item,
  })
}

function campaign(item: DumpItem): Record<string, unknown> {
  return present({
    name: required(textOf(item, ['name', 'title'], 200), 'name'),
    status: oneOf(textOf(item, ['status']), ['draft', 'running', 'paused', 'done']),
    channel: oneOf(textOf(item, ['channel', 'type']), ['phone', 'e-mail', 'event', 'social', 'mixed']),
    startDate: dateOf(item, ['startDate', 'start', 'createdAt'])?.slice(0, 10),
    endDate: dateOf(item, ['endDate', 'end'])?.slice(0, 10),
    audience: textOf(item, ['audience', 'target', 'targetAudience'], 2000),
    message: textOf(item, ['message', 'content', 'copy', 'description'], 10_000),
    budget: numberOf(item, ['budget']),
  })
}

function signUp(item: DumpItem): Record<string, unknown> {
  return present({
    name: required(textOf(item, ['name', 'fullName', 'email'], 200), 'name'),
    email: required(email(textOf(item, ['email', 'mail'])), 'email'),
    company: textOf(item, ['company', 'companyName'], 200),
    status: oneOf(textOf(item, ['status']), ['new', 'contacted', 'qualified', 'customer', 'lost']),
    signedUpAt: dateOf(item, ['signedUpAt', 'createdAt', 'date', 'timestamp']),
  })
}

function present(data: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined))
}

function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`${name} is missing or cannot be read`)
  return value
}

function oneOf(value: string | undefined, allowed: readonly string[]): string | undefined {
  const wanted = value?.toLowerCase()
  return allowed.find((each) => each === wanted)
}

function email(value: string | undefined): string | undefined {
  return value !== undefined && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? value : undefined
}
