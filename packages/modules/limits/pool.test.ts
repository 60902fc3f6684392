import { describe, expect, it } from 'vitest'
import { createPool, type Fetched } from './pool.ts'

/** A database that has `left` units and gives what is wanted, if at least the least is there. */
function stock(left: number) {
  const asked: number[] = []
  return {
    asked,
    fetch: async (wanted: number, least: number): Promise<Fetched<string>> => {
      asked.push(wanted)
      await Promise.resolve()
      const got = left >= least ? Math.min(left, wanted) : 0
      left -= got
      return { got, refused: got === 0 ? 'empty' : null }
    },
  }
}
const settings = { lastsMs: null, partly: false, now: () => 0 }

describe('a pool', () => {
  it('gives at once what it has', async () => {
    const { fetch } = stock(10)
    const pool = createPool({ ...settings, fetch })
    await pool.take(1)
    pool.add(3)
    expect(pool.take(3)).toEqual({ taken: 3 })
  })

  it('asks once for all who came while it was asking', async () => {
    const { fetch, asked } = stock(100)
    const pool = createPool({ ...settings, fetch })
    await Promise.all([pool.take(1), pool.take(2), pool.take(3)])
    expect(asked).toEqual([1, 5])
  })

  it('refuses all who want as much as the first who is refused, and serves who wants less', async () => {
    const { fetch, asked } = stock(4)
    const pool = createPool({ ...settings, fetch })
    const taken = await Promise.all([pool.take(5), pool.take(9), pool.take(5), pool.take(3)])
    expect(taken).toEqual([{ refused: 'empty' }, { refused: 'empty' }, { refused: 'empty' }, { taken: 3 }])
    expect(asked).toHaveLength(2)
  })

  it('gives the last bit to the first who waits, where it may', async () => {
    const pool = createPool<string>({
      ...settings,
      partly: true,
      fetch: async () => ({ got: 0, refused: 'empty' }),
    })
    pool.add(2)
    expect(await Promise.all([pool.take(5), pool.take(5)])).toEqual([{ taken: 2 }, { refused: 'empty' }])
  })

  it('drops what has grown old, also what was given back', async () => {
    let at = 0
    const { fetch } = stock(100)
    const pool = createPool({ ...settings, lastsMs: 1000, now: () => at, fetch })
    await pool.take(1)
    pool.giveBack(1)
    expect(pool.room).toBe(1)
    at = 1000
    expect(pool.room).toBe(0)
  })

  it('fails for all who wait when the database cannot be asked, and works again afterwards', async () => {
    let broken = true
    const pool = createPool<string>({
      ...settings,
      fetch: async (wanted) => {
        if (broken) throw new Error('connection lost')
        return { got: wanted, refused: null }
      },
    })
    const all = await Promise.allSettled([pool.take(1), pool.take(1)])
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    broken = false
    expect(await pool.take(1)).toEqual({ taken: 1 })
  })
})
