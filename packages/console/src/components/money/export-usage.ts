import { tenantHeaders } from '@/api/client'
import { problemOf } from '@/api/problem'

/** Fetches the entries of a month as CSV, for the level one stands on, and hands them over as a file. @throws ApiProblem */
export async function exportUsage(client: string | null, month: string): Promise<void> {
  const response = await fetch(`/api/ledger/export?month=${month}`, { headers: tenantHeaders(client) })
  if (!response.ok) throw problemOf(await response.json().catch(() => null), response)
  const url = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = `usage-${month}.csv`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
