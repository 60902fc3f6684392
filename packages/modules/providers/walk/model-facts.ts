import { calcPrice } from '@pydantic/genai-prices'
import type { Target } from '../connection.ts'
import { pricedCall } from '../priced-call.ts'

/** What a request needs of a model beyond words. */
export type Need = 'tools' | 'vision' | 'json-schema'

interface Family {
  /** The last part of a model's name begins so. */
  names: RegExp
  lacks: readonly Need[]
  source: string
}

/** Families of models that are known to lack something. What is not in here is not held against a model. */
const families: readonly Family[] = [
  {
    names: /^o1-(mini|preview)/,
    lacks: ['tools', 'vision', 'json-schema'],
    source: 'OpenAI, models, o1-mini and o1-preview: text in, text out, no function calling, no structured outputs',
  },
  {
    names: /^(gpt-3\.5|gpt-35)/,
    lacks: ['vision', 'json-schema'],
    source: 'OpenAI, models, GPT-3.5 Turbo; structured outputs: gpt-4o-2024-08-06 and later',
  },
  {
    names: /^gpt-4(-0613|-0314|-32k.*)?$/,
    lacks: ['vision', 'json-schema'],
    source: 'OpenAI, models, GPT-4: text only; structured outputs: gpt-4o-2024-08-06 and later',
  },
  {
    names: /^(gpt-4-turbo|gpt-4-1106|gpt-4-0125|gpt-4-vision|gpt-4o-2024-05-13)/,
    lacks: ['json-schema'],
    source: 'OpenAI, structured outputs: gpt-4o-2024-08-06 and later, older models have JSON mode only',
  },
  {
    names: /^gpt-oss-/,
    lacks: ['vision'],
    source: 'OpenAI, gpt-oss model card (2025): text-only models',
  },
  {
    names: /^claude-(2|instant)/,
    lacks: ['tools', 'vision'],
    source: 'Anthropic, tool use and vision: Claude 3 and later',
  },
  {
    names: /^llama-?3[.-](1|3)-/,
    lacks: ['vision'],
    source: 'Meta, model cards of Llama 3.1 and 3.3: multilingual text in, text and code out',
  },
  {
    names: /^(mistral-7b|mixtral-|open-mistral|open-mixtral|codestral)/,
    lacks: ['vision'],
    source: 'Mistral, models: vision is a capability of Pixtral, Mistral Small 3.1, Medium 3 and later',
  },
  {
    names: /^qwen(2\.5|3)-\d+(\.\d+)?b(-instruct)?$/,
    lacks: ['vision'],
    source: 'Qwen, model cards: images are for the VL models',
  },
]

/** What a model is known to lack of what is needed; empty also when nothing is known of it. */
export function lacking(model: string, needs: readonly Need[]): Need[] {
  if (needs.length === 0) return []
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  const family = families.find(({ names }) => names.test(name))
  return family ? needs.filter((need) => family.lacks.includes(need)) : []
}

const windows = new Map<string, number | null>()

/** Tokens that a model takes in and gives back together (pydantic/genai-prices); null = not known. */
export function contextWindow(target: Pick<Target, 'connection' | 'model'>): number | null {
  const { listedAs, baseUrl, model } = pricedCall(target, new Date(0))
  const key = `${listedAs ?? baseUrl ?? ''} ${model}`
  const known = windows.get(key)
  if (known !== undefined) return known
  const found = lookUp(listedAs, baseUrl, model)
  if (windows.size >= 1_000) windows.clear()
  windows.set(key, found)
  return found
}

function lookUp(listedAs: string | null, baseUrl: string | null, model: string): number | null {
  const who = listedAs === null ? { providerApiUrl: baseUrl ?? '' } : { providerId: listedAs }
  try {
    return calcPrice({ input_tokens: 0 }, model, who)?.model.context_window ?? null
  } catch {
    return null
  }
}
