import { keepPreviousData } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { apiFor } from '@/api/client'
import type { ListParameters, Page } from '@/api/types'
import { useAddress } from '@/composables/use-address'
import { usePages } from '@/composables/use-query'
import { useTenant } from '@/composables/use-tenant'
import type { ListFilter, ListRead } from './list-types'

interface ListOptions<Row> {
  name: MaybeRefOrGetter<readonly unknown[]>
  read: ListRead<Row>
  filters: () => readonly ListFilter[]
  refresh?: MaybeRefOrGetter<number | false>
}

/** Rows page after page, with search, filters and sort from the address. */
export function useList<Row>(options: ListOptions<Row>) {
  const { client } = useTenant()
  const address = useAddress()

  const names = computed(() => [
    'q',
    'sort',
    ...options.filters().flatMap((filter) => (filter.kind === 'period' ? ['from', 'to'] : [filter.key])),
  ])
  const parameters = computed<ListParameters>(() =>
    Object.fromEntries(
      names.value.flatMap((name) => (address.read(name) === undefined ? [] : [[name, address.read(name)]])),
    ),
  )
  /** Days of the address as moments for the server: from their beginning to their end, in the person's time zone. */
  const asked = computed<ListParameters>(() => {
    if (!options.filters().some((filter) => filter.kind === 'period')) return parameters.value
    const { from, to, ...rest } = parameters.value
    return {
      ...rest,
      ...(from ? { from: startOfDay(String(from), 0) } : {}),
      ...(to ? { to: startOfDay(String(to), 1) } : {}),
    }
  })
  const filtered = computed(() => Object.keys(parameters.value).some((name) => name !== 'sort'))

  const query = usePages<Page<Row>>(() => ({
    queryKey: ['tenant', client.value, ...toValue(options.name), parameters.value],
    queryFn: ({ pageParam, signal, queryKey }) =>
      options.read(
        apiFor(queryKey[1] as string | null),
        { ...asked.value, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: toValue(options.refresh) ?? false,
  }))

  /** Every row that fits the filters, page after page. @param report rows read so far */
  async function readAll(report: (count: number) => void): Promise<Row[]> {
    const rows: Row[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: Page<Row> = await options.read(apiFor(client.value), {
        ...asked.value,
        limit: 200,
        ...(cursor ? { cursor } : {}),
      })
      rows.push(...page.items)
      cursor = page.nextCursor
      report(rows.length)
    }
    return rows
  }

  return {
    query,
    rows: computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []),
    total: computed(() => query.data.value?.pages[0]?.total ?? null),
    parameters,
    filtered,
    readAll,
    clear: () =>
      address.change(
        Object.fromEntries(names.value.filter((name) => name !== 'sort').map((name) => [name, undefined])),
      ),
  }
}

function startOfDay(day: string, later: number): string | undefined {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const at = new Date(year, month - 1, date + later)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}
