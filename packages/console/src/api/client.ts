import createClient, { type Client } from 'openapi-fetch'
import { fetchEarly } from './early-answers'
import { asApiProblem, problemOf } from './problem'
import type { paths } from './schema'
import type { ListParameters } from './types'

export type Api = Client<paths>

const clients = new Map<string, Api>()

/** The API as seen from a client's workspace, or with `null` from the agency. One per client, so that answers cannot mix. */
export function apiFor(client: string | null): Api {
  const key = client ?? ''
  const known = clients.get(key)
  if (known) return known
  const api = createClient<paths>({
    baseUrl: '/',
    headers: tenantHeaders(client),
    querySerializer: serializeQuery,
    fetch: fetchEarly,
  })
  clients.set(key, api)
  return api
}

/** Headers that name the client's workspace, for requests that do not go through `apiFor` (uploads, streams). */
export function tenantHeaders(client: string | null): Record<string, string> {
  return client === null ? {} : { 'x-guildhall-client': client }
}

/** Query members are plain values; an object goes as JSON, which is how the API reads filters. */
function plain(value: {} | null): string {
  return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | boolean}`
}

function serializeQuery(query: Record<string, unknown>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '')
      search.set(name, Array.isArray(value) ? value.join(',') : plain(value))
  }
  return search.toString()
}

/**
 * The data of an answer.
 * @throws ApiProblem for every refusal and for a server that did not answer
 */
export async function answer<T>(request: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await request.catch((thrown: unknown) => {
    throw asApiProblem(thrown)
  })
  if (!response.ok) throw problemOf(error, response)
  // A success without a body (204) has no data; the schema gives it no type either.
  return data as T
}

/**
 * Parameters of a list as an operation types them. Sort and filters come from the address, where anybody may write
 * anything: the server checks them and names what it does not know.
 */
export function listQuery<P extends keyof paths>(_path: P, parameters: ListParameters): ListQuery<P> {
  return parameters as ListQuery<P>
}

type ListQuery<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } } ? Q : never
