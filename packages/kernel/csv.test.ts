import { expect, test } from 'vitest'
import { csvLine, csvPages } from './csv.ts'

test('words that begin like a formula are words, and a negative amount stays a number', () => {
  expect(csvLine(['=1+1', '-2', -2, 'a,b', 'say "no"'])).toBe(`'=1+1,'-2,-2,"a,b","say ""no"""\r\n`)
  expect(csvLine([null, undefined, 0, false, '', new Date(0)])).toBe(',,0,false,,1970-01-01T00:00:00.000Z\r\n')
})

function counting(pages: number) {
  const asked: (string | undefined)[] = []
  const response = csvPages({
    fileName: 'numbers',
    columns: { number: (row: number) => row, 'its square': (row) => row * row },
    read: async (cursor) => {
      asked.push(cursor)
      const page = Number(cursor ?? 0)
      return { items: [page * 2, page * 2 + 1], nextCursor: page + 1 < pages ? String(page + 1) : null }
    },
  })
  return { asked, response }
}

test('an export has one heading and the rows of all pages', async () => {
  const { asked, response } = counting(3)
  expect(await response.text()).toBe('number,its square\r\n0,0\r\n1,1\r\n2,4\r\n3,9\r\n4,16\r\n5,25\r\n')
  expect(asked).toEqual([undefined, '1', '2'])
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="numbers.csv"')
})

test('who leaves has no further pages read', async () => {
  const { asked, response } = counting(1_000)
  const reader = response.body?.getReader()
  for (let chunk = 0; chunk < 3; chunk++) await reader?.read()
  await reader?.cancel()
  const read = asked.length
  expect(read).toBeLessThan(10)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(asked).toHaveLength(read)
})

test('an export without rows is its heading', async () => {
  const response = csvPages({
    fileName: 'none',
    columns: { a: () => 1 },
    read: async () => ({ items: [], nextCursor: null }),
  })
  expect(await response.text()).toBe('a\r\n')
})
