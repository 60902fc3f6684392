import type { Locator } from '@/api/types'
import { formatClock } from '../../format/number'

/** Where in a source: `page 12`, `sheet Yearly`, `slide 3`, `1:05–1:20`. Empty when the source has no places. */
export function locatorText(locator: Locator): string {
  if (locator.page !== undefined) return `page ${locator.page}`
  if (locator.slide !== undefined) return `slide ${locator.slide}`
  if (locator.sheet !== undefined) return `sheet ${locator.sheet}`
  if (locator.startSeconds === undefined) return ''
  const start = formatClock(locator.startSeconds)
  return locator.endSeconds === undefined ? start : `${start}–${formatClock(locator.endSeconds)}`
}
