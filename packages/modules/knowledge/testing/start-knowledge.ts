import type { Context, Services } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { filesModule } from '@guildhall/modules/files'
import { ledgerModule } from '@guildhall/modules/ledger'
import { limitsModule } from '@guildhall/modules/limits'
import { runsModule } from '@guildhall/modules/runs'
import { expect, vi } from 'vitest'
import { knowledgeModule } from '../index.ts'
import { loadSource, type SourceRow } from '../sources.ts'
import { fakeGateway, type Embedder } from './fake-gateway.ts'

export interface KnowledgeRuntime extends TestRuntime {
  /** Decides what the provider answers from now on; null = no provider embeds. */
  embedder: { current: Embedder | null }
}

/** The real files, runs and knowledge modules on a fresh database, with a stand-in for the providers. */
export async function startKnowledge(
  options: { worker?: boolean; services?: Partial<Services> } = {},
): Promise<KnowledgeRuntime> {
  const embedder: { current: Embedder | null } = { current: null }
  const app = await startTestRuntime({
    modules: [ledgerModule, limitsModule, runsModule, filesModule(), knowledgeModule],
    services: { providers: fakeGateway(embedder), ...options.services },
    worker: options.worker ?? true,
  })
  return Object.assign(app, { embedder })
}

/** A fresh base. */
export function newBase(ctx: Context, key: string): Promise<string> {
  return ctx.transaction(async (tx) => (await tx.services.knowledge.ensureBase(tx, { key, title: key })).id)
}

export function sourceOf(ctx: Context, id: string): Promise<SourceRow> {
  return ctx.transaction((tx) => loadSource(tx, id), { readOnly: true })
}

/** Waits until the source is read, or refused. */
export function settled(ctx: Context, id: string): Promise<SourceRow> {
  return vi.waitFor(
    async () => {
      const source = await sourceOf(ctx, id)
      expect(['ready', 'failed']).toContain(source.state)
      return source
    },
    { timeout: 20_000, interval: 30 },
  )
}

/** Stores bytes as a document. */
export function storeFile(ctx: Context, name: string, body: string | Uint8Array, mediaType?: string): Promise<string> {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  return ctx.services.files
    .save(ctx, { name, bucket: 'documents', body: bytes, ...(mediaType ? { mediaType } : {}) })
    .then((file) => file.id)
}

export function addText(ctx: Context, baseId: string, title: string, text: string, key?: string): Promise<string> {
  return ctx.transaction(
    async (tx) => (await tx.services.knowledge.addText(tx, { baseId, title, text, ...(key ? { key } : {}) })).id,
  )
}

export function addFile(ctx: Context, baseId: string, fileId: string): Promise<string> {
  return ctx.transaction(async (tx) => (await tx.services.knowledge.addFile(tx, { baseId, fileId })).id)
}
