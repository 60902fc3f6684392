import type { LanguageModelV4Content } from '@ai-sdk/provider'
import type { Context } from '@guildhall/kernel'
import type { RunHandle } from '@guildhall/modules/runs'
import { estimateTokenCount } from 'tokenx'
import type { Target } from './connection.ts'
import type { GatewayState } from './gateway-state.ts'
import type { ProviderGateway, WebSource } from './gateway.ts'
import { askOnce } from './one-shot.ts'
import { countTokens, noTokens } from './usage.ts'

type Found = NonNullable<Awaited<ReturnType<ProviderGateway['searchWeb']>>>

const instructions =
  'Search the web for what is asked and answer from what you find, in a few short paragraphs. Give figures with their date. Say so plainly when the sources do not answer it.'

/** Asks the first target of the chain that searches the web; null when none of them does. */
export async function searchWeb(
  { ctx, state, run }: { ctx: Context; state: GatewayState; run: RunHandle },
  chain: readonly Target[],
  query: string,
): Promise<Found | null> {
  const targets = chain.filter((target) => target.adapter.webSearchTool !== null)
  if (targets.length === 0) return null
  const { value, provider, model, fallbackReason } = await askOnce({
    kind: 'search',
    ctx,
    state,
    run,
    name: 'web search',
    input: { query },
    targets,
    estimate: { ...noTokens, input: estimateTokenCount(instructions + query), output: 1_024 },
    async ask(target, abortSignal) {
      const tool = target.adapter.webSearchTool
      const options = target.adapter.prepare({
        prompt: [
          { role: 'system', content: instructions },
          { role: 'user', content: [{ type: 'text', text: query }] },
        ],
        ...(tool ? { tools: [tool] } : {}),
        abortSignal,
      })
      const result = await target.adapter.language(target.model).doGenerate(options)
      const text = result.content.map((part) => (part.type === 'text' ? part.text : '')).join('')
      const sources = sourcesIn(result.content)
      const tokens = countTokens(result.usage, instructions + query, text)
      const searches = result.content.filter((part) => part.type === 'tool-call' && part.providerExecuted).length
      return {
        value: { text, sources },
        tokens,
        charged: { ...tokens, searches: searches || Math.min(1, sources.length) },
        output: { text, sources },
      }
    },
  })
  return { ...value, answered: { provider, model, source: 'fresh', fallbackReason } }
}

/** Each page once, with what was cited from it. */
function sourcesIn(content: readonly LanguageModelV4Content[]): WebSource[] {
  const cited = new Map(
    content.flatMap((part) =>
      part.type === 'text'
        ? (part.citations ?? []).flatMap(({ source, citedText }) =>
            source.sourceType === 'url' && citedText ? [[source.url, citedText] as const] : [],
          )
        : [],
    ),
  )
  const sources = new Map<string, WebSource>()
  for (const part of content)
    if (part.type === 'source' && part.sourceType === 'url' && !sources.has(part.url))
      sources.set(part.url, {
        url: part.url,
        title: part.title ?? new URL(part.url).hostname,
        snippet: cited.get(part.url) ?? '',
      })
  return [...sources.values()]
}
