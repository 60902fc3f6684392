import { fieldProblems, invalidInput, Problem } from '@guildhall/kernel'
import { z } from 'zod'

/** More parts than any of the forms here has. */
const maxParts = 40

/**
 * Reads a form whose body is in memory already, within the endpoint's limit. Members that end in `[]` are lists.
 * @throws Problem 415 when it is not a form, 400 naming the field
 */
export async function readForm<T extends z.ZodType>(request: Request, schema: T): Promise<z.output<T>> {
  const type = request.headers.get('content-type') ?? ''
  const boundary = /^multipart\/form-data\b.*;\s*boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(type)
  const mark = boundary?.[1] ?? boundary?.[2]
  if (mark === undefined)
    throw new Problem({
      status: 415,
      type: 'unsupported-media-type',
      title: 'Unsupported media type',
      detail: 'Send a form with `content-type: multipart/form-data`.',
    })
  const bytes = Buffer.from(await request.arrayBuffer())
  refuseManyParts(bytes, mark)
  let form: FormData
  try {
    form = await new Response(bytes, { headers: { 'content-type': type } }).formData()
  } catch {
    throw invalidInput([{ field: '', message: 'the body is not a complete multipart form' }])
  }
  const parsed = schema.safeParse(valuesOf(form))
  if (!parsed.success) throw invalidInput(fieldProblems(parsed.error))
  return parsed.data
}

/** Before anything is made of them: a form of nothing but parts is a way to keep a server busy. */
function refuseManyParts(bytes: Buffer, mark: string): void {
  const delimiter = Buffer.from(`--${mark}`, 'latin1')
  let parts = 0
  for (let at = bytes.indexOf(delimiter); at >= 0; at = bytes.indexOf(delimiter, at + delimiter.length))
    if (++parts > maxParts + 1)
      throw invalidInput([{ field: '', message: `a form may have at most ${String(maxParts)} parts` }])
}

function valuesOf(form: FormData): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const name of new Set(form.keys())) {
    const all = form.getAll(name)
    if (name.endsWith('[]')) values[name.slice(0, -2)] = all
    else values[name] = all[0]
  }
  return values
}

/** A file of a form. */
export const FormFile = z.instanceof(File, { error: 'must be a file' })
