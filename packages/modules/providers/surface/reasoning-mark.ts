import type { SharedV4ProviderMetadata, SharedV4ProviderOptions } from '@ai-sdk/provider'
import { z } from 'zod'

/**
 * What providers want to see again of their reasoning (signatures, sealed thoughts), as one text that callers hand back
 * in the next turn, whatever their dialect calls it. Only these members are read: what comes back is the caller's.
 */
const Mark = z.object({
  anthropic: z.object({ signature: z.string().optional(), redactedData: z.string().optional() }).optional(),
  bedrock: z.object({ signature: z.string().optional(), redactedData: z.string().optional() }).optional(),
  openai: z.object({ itemId: z.string().optional(), reasoningEncryptedContent: z.string().nullish() }).optional(),
  azure: z.object({ itemId: z.string().optional(), reasoningEncryptedContent: z.string().nullish() }).optional(),
  google: z.object({ thoughtSignature: z.string().optional() }).optional(),
})

const prefix = 'gh1.'

export function writeMark(mark: SharedV4ProviderMetadata | null): string | null {
  if (mark === null) return null
  const kept = Mark.parse(mark)
  if (Object.values(kept).every((member) => Object.values(member ?? {}).every((value) => !value))) return null
  return prefix + Buffer.from(JSON.stringify(kept)).toString('base64url')
}

/** Whether thoughts that we have sealed are in a conversation, which no provider can read as they are. */
export function holdsMark(body: Buffer): boolean {
  return body.includes(`"${prefix}`)
}

/** Null where the text is not one of ours: a provider's own, got without us. */
export function readMark(text: string): SharedV4ProviderOptions | null {
  if (!text.startsWith(prefix)) return null
  try {
    const parsed = Mark.safeParse(JSON.parse(Buffer.from(text.slice(prefix.length), 'base64url').toString()))
    if (!parsed.success) return null
    const options: SharedV4ProviderOptions = {}
    for (const [provider, member] of Object.entries(parsed.data)) if (member) options[provider] = withoutNothing(member)
    return options
  } catch {
    return null
  }
}

function withoutNothing(member: Record<string, string | null | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(member).filter((entry): entry is [string, string] => Boolean(entry[1])))
}
