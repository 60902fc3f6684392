import { inject, provide, type ComputedRef, type InjectionKey } from 'vue'
import type { Citation } from '@/api/agent-types'

interface Citations {
  items: ComputedRef<readonly Citation[]>
  open: (citation: Citation) => void
}

const key: InjectionKey<Citations> = Symbol('citations')

/** Makes the citations of an answer known to the markers in its text. */
export const provideCitations = (citations: Citations) => provide(key, citations)
export const useCitations = () => inject(key, null)

/**
 * Turns markers like `[2]` into inline components that show the citation. Links, definitions and code are left alone; a
 * number in brackets that is no marker stays as it is written.
 * @param markers the markers that the answer's citations have
 */
export function linkMarkers(markdown: string, markers: readonly string[]): string {
  const known = new Set(markers)
  return markdown
    .split(/(```[\s\S]*?(?:```|$)|`[^`\n]*`)/)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part.replaceAll(/ ?\[(\d{1,3})\](?!\(|\[|: )/g, (_whole, marker: string) =>
            known.has(marker) ? ` :cite{marker="${marker}"}` : ` \\[${marker}\\]`,
          ),
    )
    .join('')
}
