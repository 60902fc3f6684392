import { onScopeDispose, ref } from 'vue'
import { tenantHeaders } from '@/api/client'
import { ApiProblem, problemOf } from '@/api/problem'
import type { StoredFile } from '@/api/types'
import { useTenant } from '@/composables/use-tenant'

interface Upload {
  id: number
  name: string
  size: number
  sent: number
  done: boolean
  problem: string | null
}

interface UploadOptions {
  bucket: () => string
  projectId: () => string | undefined
  onStored: (file: StoredFile) => void
}

/** Uploads with progress. XMLHttpRequest, because fetch does not tell how much of a body was sent. */
export function useUploads(options: UploadOptions) {
  const { client } = useTenant()
  const uploads = ref<Upload[]>([])
  const requests = new Map<number, XMLHttpRequest>()
  let last = 0

  function add(file: File) {
    const id = ++last
    uploads.value.push({ id, name: file.name, size: file.size, sent: 0, done: false, problem: null })
    const change = (values: Partial<Upload>) => {
      uploads.value = uploads.value.map((upload) => (upload.id === id ? { ...upload, ...values } : upload))
    }
    const query = new URLSearchParams({ name: file.name, bucket: options.bucket() })
    const projectId = options.projectId()
    if (projectId) query.set('projectId', projectId)
    const request = new XMLHttpRequest()
    requests.set(id, request)
    request.open('POST', `/api/files?${query}`)
    for (const [name, value] of Object.entries(tenantHeaders(client.value))) request.setRequestHeader(name, value)
    request.setRequestHeader('content-type', file.type || 'application/octet-stream')
    request.upload.addEventListener('progress', (event) => change({ sent: event.loaded }))
    request.addEventListener('load', () => {
      requests.delete(id)
      const body = parse(request.responseText)
      if (request.status >= 400) return change({ problem: problemText(body, request) })
      change({ done: true, sent: file.size })
      // The answer of a stored upload is the file's row.
      options.onStored(body as StoredFile)
    })
    request.addEventListener('error', () => change({ problem: 'The connection was lost. Drop the file again.' }))
    request.addEventListener('abort', () => change({ problem: 'Stopped.' }))
    request.send(file)
  }

  onScopeDispose(() => {
    for (const request of requests.values()) request.abort()
  })

  return {
    uploads,
    add,
    stop: (id: number) => requests.get(id)?.abort(),
    dismiss: (id: number) => (uploads.value = uploads.value.filter((upload) => upload.id !== id)),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function problemText(body: unknown, request: XMLHttpRequest): string {
  const headers = new Headers({ 'x-request-id': request.getResponseHeader('x-request-id') ?? '' })
  const problem: ApiProblem = problemOf(body, new Response(null, { status: request.status, headers }))
  return problem.message
}
