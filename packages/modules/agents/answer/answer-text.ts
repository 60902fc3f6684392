import { newId } from '@guildhall/kernel'
import type { FoundPassage } from '@guildhall/modules/knowledge'
import type { UIMessageChunk } from 'ai'
import type { CitationItem } from './answer.ts'
import { citePassages } from './cite-passages.ts'
import { filterMarkers, type MarkerFilter } from './filter-markers.ts'

/** The text of an answer on its way to the client: markers are filtered, parts are closed whatever happens. */
export interface AnswerText {
  /** The passages that markers may name from here on. */
  useKnowledge(passages: readonly FoundPassage[]): void
  /** A chunk of the model's stream; all but text goes through as it is. */
  take(chunk: UIMessageChunk): void
  /** A sentence of our own. */
  say(sentence: string): void
  /** Closes what is open, as after an abort. */
  close(): void
  /** All text so far, paragraphs between parts. */
  visible(): string
  citations(): CitationItem[]
}

export function createAnswerText(emit: (chunk: UIMessageChunk) => void): AnswerText {
  const open = new Map<string, { kind: 'text' | 'reasoning'; filter: MarkerFilter }>()
  const finished: string[] = []
  let current = ''
  let passages: readonly FoundPassage[] = []

  function show(id: string, delta: string): void {
    if (delta === '') return
    current += delta
    emit({ type: 'text-delta', id, delta })
  }

  function end(id: string): void {
    const part = open.get(id)
    if (!part) return
    open.delete(id)
    if (part.kind === 'reasoning') {
      emit({ type: 'reasoning-end', id })
      return
    }
    show(id, part.filter.end())
    emit({ type: 'text-end', id })
    if (current.trim() !== '') finished.push(current)
    current = ''
  }

  return {
    useKnowledge(found) {
      passages = found
    },
    take(chunk) {
      switch (chunk.type) {
        case 'text-start':
        case 'reasoning-start':
          open.set(chunk.id, {
            kind: chunk.type === 'text-start' ? 'text' : 'reasoning',
            filter: filterMarkers(passages.length),
          })
          emit({ type: chunk.type, id: chunk.id })
          break
        case 'text-delta':
          show(chunk.id, open.get(chunk.id)?.filter.push(chunk.delta) ?? chunk.delta)
          break
        case 'reasoning-delta':
          emit({ type: 'reasoning-delta', id: chunk.id, delta: chunk.delta })
          break
        case 'text-end':
        case 'reasoning-end':
          end(chunk.id)
          break
        default:
          emit(chunk)
      }
    },
    say(sentence) {
      const id = newId()
      emit({ type: 'text-start', id })
      emit({ type: 'text-delta', id, delta: sentence })
      emit({ type: 'text-end', id })
      finished.push(sentence)
    },
    close() {
      for (const id of open.keys()) end(id)
    },
    visible: () => [...finished, ...(current.trim() === '' ? [] : [current])].join('\n\n'),
    citations() {
      return citePassages(this.visible(), passages)
    },
  }
}
