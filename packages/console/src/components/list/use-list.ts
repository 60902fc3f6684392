import { useInfiniteQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { apiFor } from '@/api/client'
import type { ListParameters, Page } from '@/api/types'
import { useAddress } from '@/composables/use-address'
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

  const names = computed(() => ['q', 'sort', ...options.filters().flatMap((filter) => (filter.kind === 'period' ? ['from', 'to'] : [filter.key]))])
  const parameters = computed<ListParameters>(() => Object.fromEntries(names.value.flatMap((name) => (address.read(name) === undefined ? [] : [[name, address.read(name)]]))))
  const filtered = computed(() => Object.keys(parameters.value).some((name) => name !== 'sort'))

  const query = useInfiniteQuery({
    queryKey: computed(() => ['tenant', client.value, ...toValue(options.name), parameters.value]),
    queryFn: ({ pageParam, signal, queryKey }) =>
      options.read(apiFor(queryKey[1] as string | null), { ...parameters.value, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) }, signal),
    initialPageParam: '',
    getNextPageParam: (page: Page<Row>) => page.nextCursor,
    placeholderData: (previous) => previous,
    refetchInterval: computed(() => toValue(options.refresh) ?? false),
  })

  /** Every row that fits the filters, page after page. @param report rows read so far */
  async function readAll(report: (count: number) => void): Promise<Row[]> {
    const rows: Row[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: Page<Row> = await options.read(apiFor(client.value), { ...parameters.value, limit: 200, ...(cursor ? { cursor } : {}) })
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
    clear: () => address.change(Object.fromEntries(names.value.filter((name) => name !== 'sort').map((name) => [name, undefined]))),
  }
}
