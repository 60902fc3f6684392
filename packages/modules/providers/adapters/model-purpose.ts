/** Servers and deployments do not say what a model is for; its name does, where it is not made to answer questions. */
const names = [
  ['embedding', /embed|(^|[-/])(bge|e5|gte|minilm|arctic)/i],
  ['transcription', /whisper|transcribe|voxtral/i],
  ['speech', /(^|[-/])tts([-/]|$)/i],
  ['image', /dall-e|(^|[-/])gpt-image|-image(-|$)|(^|[-/])(imagen|flux|sdxl|stable-diffusion)/i],
  ['moderation', /moderation/i],
] as const
export type ModelPurpose = 'text' | (typeof names)[number][0]

export function purposeOf(model: string): ModelPurpose {
  return names.find(([, pattern]) => pattern.test(model))?.[0] ?? 'text'
}

/** The first of `models` that is for this. */
export function firstFor(purpose: ModelPurpose, models: readonly string[]): string | undefined {
  return models.find((model) => purposeOf(model) === purpose)
}

/** Whether a model answers questions, as opposed to making vectors, pictures or sounds. */
export function isChatModel(model: string): boolean {
  return purposeOf(model) === 'text'
}
