import { Problem } from '@guildhall/kernel'

export function tooLarge(maxBytes: number): Problem {
  return new Problem({
    status: 413,
    type: 'too-large',
    title: 'Too large',
    detail: `The file is larger than the ${sizeText(maxBytes)} that are allowed here.`,
    errors: [{ field: 'body', message: `must have at most ${String(maxBytes)} bytes` }],
  })
}

function sizeText(bytes: number): string {
  const mebibyte = 1024 * 1024
  return bytes >= mebibyte ? `${String(Math.floor((bytes * 10) / mebibyte) / 10)} MiB` : `${String(bytes)} bytes`
}

export function interrupted(cause: unknown): Problem {
  return new Problem({
    status: 400,
    type: 'upload-interrupted',
    title: 'Upload broke off',
    detail: 'The connection ended before the whole file had arrived; nothing was stored. Send it again.',
    cause,
  })
}

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const broken = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR', 'UND_ERR_ABORTED'])

/** What a full disk or a lost connection means to the sender; anything else stays what it is. */
export function asUploadProblem(error: unknown): unknown {
  if (error instanceof Problem) return error
  const code = codeOf(error)
  if (code !== undefined && full.has(code))
    return new Problem({
      status: 507,
      type: 'insufficient-storage',
      title: 'No room left',
      detail:
        'The disk that holds the files is full; nothing was stored. Free some space, or move the data folder to a larger disk.',
      cause: error,
    })
  const gone = error instanceof Error && (error.name === 'AbortError' || error.message === 'aborted')
  return gone || (code !== undefined && broken.has(code)) ? interrupted(error) : error
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
