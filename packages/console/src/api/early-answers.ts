declare global {
  /** Answers that start.js asked for before this script was there, by client and address. */
  var earlyAnswers: Record<string, Promise<Response>> | undefined
}

/** Longer than a slow start takes; an answer of this age may still be shown as the first one. */
const freshMs = 15_000

/** `fetch` of the API, which takes an answer that is already on its way; each of them is taken once. */
export function fetchEarly(request: Request): Promise<Response> {
  const address = new URL(request.url)
  const key = `${request.headers.get('x-guildhall-client') ?? ''} ${address.pathname}${address.search}`
  const early = request.method === 'GET' && performance.now() < freshMs ? globalThis.earlyAnswers?.[key] : undefined
  if (!early) return fetch(request)
  delete globalThis.earlyAnswers?.[key]
  // Without an answer it is asked again, so that the failure is that of this request.
  return early.catch(() => fetch(request))
}
