import {
  InfiniteQueryObserver,
  QueryObserver,
  useQueryClient,
  type InfiniteData,
  type InfiniteQueryObserverOptions,
  type InfiniteQueryObserverResult,
  type QueryKey,
  type QueryObserverOptions,
  type QueryObserverResult,
} from '@tanstack/vue-query'
import { computed, onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'

/**
 * Reads something for a component. Does what `useQuery` of vue-query does with the few members that pages use: that one
 * makes a reference of each of thirty members, and each row of an answer reactive, and a page asks twenty times.
 * @param options read again when what they were made from changes
 */
export function useQuery<T>(options: () => QueryObserverOptions<T, Error, T, T>) {
  const client = useQueryClient()
  const asked = computed(options)
  const observer = new QueryObserver(client, asked.value)
  const result = shallowRef<QueryObserverResult<T>>(observer.getCurrentResult())
  onScopeDispose(observer.subscribe(() => (result.value = observer.getCurrentResult())))
  result.value = observer.getCurrentResult()
  watch(asked, (next) => {
    observer.setOptions(next)
    result.value = observer.getCurrentResult()
  })
  return { ...members(result), refetch: () => observer.refetch() }
}

type Pages<T> = InfiniteData<T, string>
type PageOptions<T> = InfiniteQueryObserverOptions<T, Error, Pages<T>, QueryKey, string>

/** Reads page after page, as `useInfiniteQuery` of vue-query does. */
export function usePages<T>(options: () => PageOptions<T>) {
  const client = useQueryClient()
  const asked = computed<PageOptions<T>>(options)
  const observer = new InfiniteQueryObserver(client, asked.value)
  const result = shallowRef<InfiniteQueryObserverResult<Pages<T>>>(observer.getCurrentResult())
  onScopeDispose(observer.subscribe(() => (result.value = observer.getCurrentResult())))
  result.value = observer.getCurrentResult()
  watch(asked, (next) => {
    observer.setOptions(next)
    result.value = observer.getCurrentResult()
  })
  return {
    ...members(result),
    hasNextPage: computed(() => result.value.hasNextPage),
    isFetchingNextPage: computed(() => result.value.isFetchingNextPage),
    refetch: () => observer.refetch(),
    fetchNextPage: () => observer.fetchNextPage(),
  }
}

function members<T>(result: Readonly<ShallowRef<QueryObserverResult<T>>>) {
  return {
    data: computed(() => result.value.data),
    error: computed(() => result.value.error),
    isPending: computed(() => result.value.isPending),
    isError: computed(() => result.value.isError),
    isFetching: computed(() => result.value.isFetching),
    isPlaceholderData: computed(() => result.value.isPlaceholderData),
    dataUpdatedAt: computed(() => result.value.dataUpdatedAt),
  }
}
