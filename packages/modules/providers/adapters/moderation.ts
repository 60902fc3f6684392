import { APICallError } from '@ai-sdk/provider'
import { z } from 'zod'

/** What a provider thinks of one text. */
export interface Judgement {
  flagged: boolean
  categories: Record<string, boolean>
  /** 0 to 1 each. */
  scores: Record<string, number>
}

/** A model that judges texts. The provider packages have no such models, so this is the plain HTTP call. */
export interface Moderation {
  moderate(texts: readonly string[], signal: AbortSignal): Promise<Judgement[]>
}

/** `POST /moderations` as OpenAI and Mistral answer it. Categories that were not looked at are null. */
const Answer = z.object({
  results: z.array(
    z.object({
      flagged: z.boolean().optional(),
      categories: z.record(z.string(), z.boolean().nullable()),
      category_scores: z.record(z.string(), z.number().nullable()),
    }),
  ),
})

export function moderationModel(
  { baseUrl, apiKey, fetch }: { baseUrl: string; apiKey: string | null; fetch: typeof globalThis.fetch },
  model: string,
): Moderation {
  const url = `${baseUrl}/moderations`
  return {
    async moderate(texts, signal) {
      const body = { model, input: texts }
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
        },
        body: JSON.stringify(body),
        signal,
      })
      const text = await response.text()
      const refuse = (message: string) =>
        new APICallError({
          message,
          url,
          requestBodyValues: body,
          statusCode: response.status,
          responseHeaders: Object.fromEntries(response.headers),
          responseBody: text,
        })
      if (!response.ok) throw refuse(messageIn(text) ?? `status ${String(response.status)}`)
      const parsed = Answer.safeParse(jsonOf(text))
      if (!parsed.success || parsed.data.results.length !== texts.length)
        throw refuse('the answer is not a list of judgements')
      return parsed.data.results.map(({ flagged, categories, category_scores: scores }) => ({
        flagged: flagged ?? Object.values(categories).some((value) => value === true),
        categories: withoutNulls(categories),
        scores: withoutNulls(scores),
      }))
    },
  }
}

function withoutNulls<T>(record: Record<string, T | null>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter((entry): entry is [string, T] => entry[1] !== null))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function messageIn(text: string): string | undefined {
  const parsed = z.object({ error: z.object({ message: z.string() }) }).safeParse(jsonOf(text))
  return parsed.success ? parsed.data.error.message : undefined
}
