import { createHash } from 'node:crypto'
import { parseTranscript } from '@guildhall/standards/detect-transcript'
import { TranscriptError, type Transcript } from '@guildhall/standards/transcript'
import { EntryError } from './entry-error.ts'
import { itemReader, type ItemReader } from './item-reader.ts'
import type { DumpItem, DumpKey } from './read-dump.ts'

export interface MappedRecord {
  collection: string
  data: Record<string, unknown>
  /** Data URL of a file that belongs to it, with its name. */
  file?: { name: string; url: string }
  /** Text of a training material that is kept in the entry itself. */
  text?: string
  /** What was said in the call of an analysis, when the entry holds it. */
  transcript?: Transcript
  /** Company that the call was with. */
  clientId?: string
}

export interface MappingContext {
  /** Id of an imported company. */
  company: (name: string) => string | undefined
  /** Is told what is imported differently from how it stands there. */
  note: (reason: string) => void
}

/** An entry of the older application as a record here. @throws EntryError naming what is missing. */
export function mapItem(key: DumpKey, item: DumpItem, context: MappingContext): MappedRecord {
  const reader = itemReader(item, context.note)
  switch (key) {
    case 'clients':
      return { collection: 'clients', data: client(reader) }
    case 'trainingMaterials':
      return material(reader)
    case 'callAnalyses':
      return analysis(reader, context)
    case 'campaigns':
      return { collection: 'campaigns', data: campaign(reader) }
    case 'signups':
      return { collection: 'sign-ups', data: signUp(reader) }
  }
}

/** What identifies an entry: its own id, else its content. */
export function itemKey(item: DumpItem): string {
  return itemReader(item, () => undefined).text(['id', '_id', 'uuid']) ?? fingerprint(item)
}

function client({ text, number }: ItemReader): Record<string, unknown> {
  return present({
    name: required(text(['name', 'company', 'companyName', 'clientName'], 200), 'name'),
    industry: text(['industry', 'sector'], 120),
    contact: text(['contact', 'contactName', 'contactPerson'], 200),
    email: email(text(['email', 'contactEmail'])),
    phone: text(['phone', 'tel', 'telephone'], 60),
    stage: oneOf(text(['stage', 'status']), ['lead', 'discovery', 'proposal', 'won', 'lost']),
    dealValue: number(['dealValue', 'value', 'amount']),
    notes: text(['notes', 'description']),
  })
}

function material({ text }: ItemReader): MappedRecord {
  const title = required(text(['title', 'name', 'fileName', 'filename'], 200), 'title')
  const content = text(['dataUrl', 'dataURL', 'data', 'content', 'text', 'file', 'url'], Number.MAX_SAFE_INTEGER)
  const data = present({
    title,
    kind: oneOf(text(['kind', 'type', 'category']), ['playbook', 'guide', 'script', 'case-study']) ?? 'other',
    description: text(['description', 'summary'], 4000),
  })
  const name = text(['fileName', 'filename', 'name', 'title'], 200) ?? title
  if (content === undefined) return { collection: 'training-materials', data }
  return {
    collection: 'training-materials',
    data,
    ...(content.startsWith('data:') ? { file: { name, url: content } } : { text: content }),
  }
}

function analysis({ item, text, number, date }: ItemReader, context: MappingContext): MappedRecord {
  const score = number(['score', 'overallScore', 'totalScore'])
  const talk = number(['talkRatio', 'talkTime', 'talkPercentage'])
  const company = text(['client', 'clientName', 'company'])
  const clientId = company === undefined ? undefined : context.company(company)
  const transcript = transcriptOf(
    text(['transcript', 'transcription', 'transcriptText'], Number.MAX_SAFE_INTEGER),
    context,
  )
  const data = present({
    title: text(['title', 'name', 'callTitle', 'fileName', 'clientName'], 300) ?? 'Imported analysis',
    analysedAt: required(date(['date', 'createdAt', 'timestamp', 'analyzedAt', 'analysedAt']), 'date'),
    rep: text(['rep', 'salesRep', 'agent', 'user'], 200),
    score: score === undefined ? undefined : percentOf(score),
    talkRatio: talk === undefined ? undefined : percentOf(talk),
    transcriptHash: fingerprint(item),
    summary: text(['summary', 'feedback', 'analysis']),
    source: 'computed',
    missing:
      'Imported from the older application, which kept no transcript of this call: only its own words and figures are here.',
    analysis: {},
    imported: item,
  })
  return {
    collection: 'call-analyses',
    data,
    ...(transcript ? { transcript } : {}),
    ...(clientId === undefined ? {} : { clientId }),
  }
}

function transcriptOf(text: string | undefined, { note }: MappingContext): Transcript | undefined {
  if (text === undefined) return undefined
  try {
    return parseTranscript({ text })
  } catch (error) {
    if (!(error instanceof TranscriptError)) throw error
    note(`its transcript cannot be read, so the analysis is kept without the call: ${error.message}`)
    return undefined
  }
}

function campaign({ text, number, date }: ItemReader): Record<string, unknown> {
  return present({
    name: required(text(['name', 'title'], 200), 'name'),
    status: oneOf(text(['status']), ['draft', 'running', 'paused', 'done']),
    channel: oneOf(text(['channel', 'type']), ['phone', 'e-mail', 'event', 'social', 'mixed']),
    startDate: date(['startDate', 'start', 'createdAt'])?.slice(0, 10),
    endDate: date(['endDate', 'end'])?.slice(0, 10),
    audience: text(['audience', 'target', 'targetAudience'], 2000),
    message: text(['message', 'content', 'copy', 'description'], 10_000),
    budget: number(['budget']),
  })
}

function signUp({ text, date }: ItemReader): Record<string, unknown> {
  return present({
    name: required(text(['name', 'fullName', 'email'], 200), 'name'),
    email: required(email(text(['email', 'mail'])), 'email'),
    company: text(['company', 'companyName'], 200),
    status: oneOf(text(['status']), ['new', 'contacted', 'qualified', 'customer', 'lost']),
    signedUpAt: date(['signedUpAt', 'createdAt', 'date', 'timestamp']),
  })
}

function present(data: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined))
}

function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new EntryError(`${name} is missing or cannot be read`)
  return value
}

function oneOf(value: string | undefined, allowed: readonly string[]): string | undefined {
  const wanted = value?.toLowerCase()
  return allowed.find((each) => each === wanted)
}

function email(value: string | undefined): string | undefined {
  return value !== undefined && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? value : undefined
}

/** Some versions kept shares, some percent. */
const percentOf = (value: number): number => Math.max(0, Math.min(100, value <= 1 ? value * 100 : value))

function fingerprint(item: DumpItem): string {
  return createHash('sha256').update(JSON.stringify(item)).digest('hex')
}
