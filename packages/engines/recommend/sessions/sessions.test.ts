import { describe, expect, it } from 'vitest'
import { createRandom } from '../../contract/index.ts'
import { evaluateSessions, fitSessions, loadSessions, nextItems, saveSessions } from '../index.ts'

/** Walks forward around a ring of 40 pages. */
function walks(count: number, seed: number) {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => {
    let page = random.integer(40)
    const items = Array.from({ length: 5 }, () => `p${String((page += 1 + random.integer(2)) % 40)}`)
    return { items }
  })
}

describe('the next item of a session', () => {
  const model = fitSessions(walks(2000, 1))

  it('is one that followed in sessions like it', () => {
    const next = nextItems(model, { session: ['p10', 'p11', 'p12'], count: 6 }).items.map((each) => each.item)
    expect(next).toEqual(expect.arrayContaining(['p13', 'p14']))
    expect(next).not.toContain('p12')
    const { hitRate, steps } = evaluateSessions(model, walks(100, 2), { depth: 5 })
    expect(steps).toBe(400)
    // Five of forty pages would be met by chance one time in eight.
    expect(hitRate).toBeGreaterThan(0.6)
  })

  it('counts the last items most, and the latest sessions first', () => {
    const two = fitSessions([{ items: ['a', 'x'] }, { items: ['b', 'y'] }])
    expect(nextItems(two, { session: ['a', 'b'], repeat: false }).items.map((each) => each.item)).toEqual(['y', 'x'])
    const timed = [
      { items: ['a', 'new'], time: 2 },
      { items: ['a', 'old'], time: 1 },
    ]
    expect(nextItems(fitSessions(timed, { recent: 1 }), { session: ['a'] }).items[0]?.item).toBe('new')
  })

  it('can leave out what the session had', () => {
    const back = fitSessions([{ items: ['a', 'b', 'a', 'c'] }])
    expect(nextItems(back, { session: ['a', 'b'] }).items.map((each) => each.item)).toContain('a')
    expect(nextItems(back, { session: ['a', 'b'], repeat: false }).items.map((each) => each.item)).toEqual(['c'])
  })

  it('is nothing where nothing is known, with a warning', () => {
    const nothing = nextItems(model, { session: ['unheard of'] })
    expect(nothing.items).toEqual([])
    expect(nothing.provenance.warnings[0]?.code).toBe('nothing-known')
  })

  it('is the same when the model is read back', () => {
    expect(loadSessions(JSON.parse(JSON.stringify(saveSessions(model))))).toEqual(model)
  })

  it('is not told from bad sessions', () => {
    expect(() => fitSessions([])).toThrow('no session')
    expect(() => fitSessions([{ items: ['a'] }, { items: [] }])).toThrow('row 1')
    expect(() => fitSessions([{ items: ['a'], time: 1 }, { items: ['b'] }])).toThrow('time, row 1')
    expect(() => nextItems(model, { session: [] })).toThrow('session')
    expect(() => evaluateSessions(model, [{ items: ['p1'] }])).toThrow('no next one')
  })
})
