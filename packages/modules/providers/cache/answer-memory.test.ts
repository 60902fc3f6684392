import { describe, expect, it } from 'vitest'
import { createAnswerMemory, type RememberedAnswer } from './answer-memory.ts'

const entry = (characters: number): RememberedAnswer => ({
  answer: {
    payload: 'x'.repeat(characters),
    provider: 'p',
    model: 'm',
    costMicros: 1,
    createdAt: new Date(0),
    similarity: null,
  },
  expiresAt: 1,
})

describe('answers in memory', () => {
  it('stay below the limit, and the one that was not asked for longest goes first', () => {
    const memory = createAnswerMemory(20_000)
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
      memory.set(name, entry(950))
      memory.get('a')
      expect(memory.bytes).toBeLessThanOrEqual(20_000)
    }
    for (let more = 0; more < 5; more++) memory.set(`more ${more}`, entry(950))
    expect(memory.get('a')).toBeDefined()
    for (const name of ['b', 'c', 'd', 'e', 'f']) expect(memory.get(name)).toBeUndefined()
    expect(memory.get('more 4')).toBeDefined()
  })

  it('do not give way to one that is far too large', () => {
    const memory = createAnswerMemory(20_000)
    memory.set('small', entry(10))
    memory.set('huge', entry(9_000))
    expect(memory.get('huge')).toBeUndefined()
    expect(memory.get('small')).toBeDefined()
  })

  it('are counted once when they are replaced, and not at all when they are gone', () => {
    const memory = createAnswerMemory(20_000)
    memory.set('t1|a', entry(10))
    memory.set('t1|a', entry(10))
    memory.set('t2|a', entry(10))
    const two = memory.bytes
    memory.deletePrefix('t1|')
    expect(memory.bytes).toBe(two / 2)
    memory.delete('t2|a')
    expect(memory.bytes).toBe(0)
  })
})
