import { expect, it, test } from 'vitest'
import { createRandom, EngineInputError } from '../../contract/index.ts'
import { agreement, LinkageField, type LinkageRecord } from './compare-fields.ts'
import { linkRecords } from './link-records.ts'
import { jaroWinkler } from './similarity.ts'

const first =
  'anna marco lea paul nina otto sara hugo mira jens clara felix greta simon elena tom vera max ida luis'.split(' ')
const last =
  'rossi meier schmid weber huber costa lang gruber moser bauer keller fischer winkler vogel brandt steiner hofer egger pichler wolf'.split(
    ' ',
  )
const towns = 'berlin bolzano vienna graz munich zurich trento milan'.split(' ')

const fields: LinkageField[] = [
  { name: 'first', kind: 'name' },
  { name: 'last', kind: 'name' },
  { name: 'born', kind: 'date' },
  { name: 'town', kind: 'exact' },
]

const two = (value: number) => String(value + 1).padStart(2, '0')

/** Made-up people, and the same with slips of the pen. */
function people(count: number) {
  const random = createRandom(1)
  const pick = (list: readonly string[]) => list[random.integer(list.length)] ?? ''
  const left: LinkageRecord[] = Array.from({ length: count }, () => ({
    first: pick(first),
    last: pick(last),
    born: `${String(1940 + random.integer(60))}-${two(random.integer(12))}-${two(random.integer(28))}`,
    town: pick(towns),
  }))
  const right = left.map((record, at): LinkageRecord => {
    const slip = at % 5
    if (slip === 0) return { ...record, last: String(record['last']).replace(/(.)(.)$/, '$2$1') }
    if (slip === 1) return { ...record, town: pick(towns) }
    if (slip === 2) return { ...record, first: String(record['first']).toUpperCase() }
    if (slip === 3) return { ...record, born: null }
    return record
  })
  return { left, right }
}

it('finds the same people in two lists in spite of slips', () => {
  const { left, right } = people(400)
  const { links, share } = linkRecords({ left, right, fields })
  const same = links.filter((link) => link.left === link.right).length
  expect(same / links.length).toBeGreaterThan(0.97)
  // Without the day of birth, 20 first names, 20 last names and 8 towns cannot tell 400 people apart for certain.
  expect(same / left.length).toBeGreaterThan(0.75)
  expect(links.filter(({ agreements }) => agreements['born'] === null)).toEqual([])
  expect(share * 400 * 400).toBeGreaterThan(350)
  expect(share * 400 * 400).toBeLessThan(450)

  const { links: likely } = linkRecords({ left, right, fields }, { least: 0.5 })
  expect(likely.filter((link) => link.left === link.right).length / left.length).toBeGreaterThan(0.95)
})

it('finds duplicates within one list and groups them', () => {
  const { left, right } = people(150)
  const { clusters, links } = linkRecords({ left: [...left, ...right], fields }, { least: 0.5 })
  const pairs = clusters.filter((cluster) => cluster.length === 2 && (cluster[1] ?? 0) - (cluster[0] ?? 0) === 150)
  expect(pairs.length).toBeGreaterThan(135)
  for (const { left, right } of links) expect(left).toBeLessThan(right)
})

it('a field that separates weighs more than one that many share, and the same records give the same bytes', () => {
  const { left, right } = people(300)
  const [once, again] = [linkRecords({ left, right, fields }), linkRecords({ left, right, fields })]
  expect(JSON.stringify(once)).toBe(JSON.stringify(again))
  const bits = (name: string) => {
    const found = once.weights.find(({ field }) => field === name)
    return Math.log2((found?.matched[2] ?? 0) / (found?.unmatched[2] ?? 1))
  }
  expect(bits('born')).toBeGreaterThan(bits('town'))
  expect(bits('last')).toBeGreaterThan(bits('town'))
})

it('a field that no record has is refused', () => {
  expect(() => linkRecords({ left: [{ a: 'x' }], fields: [{ name: 'b', kind: 'exact' }] })).toThrow(EngineInputError)
})

// Winkler 1990 and later: the examples found in every description of the measure.
test.each([
  ['martha', 'marhta', 0.961],
  ['dixon', 'dicksonx', 0.813],
  ['dwayne', 'duane', 0.84],
  ['abc', 'xyz', 0],
  ['', '', 1],
])('Jaro-Winkler of %s and %s is %d', (a, b, similarity) => {
  expect(jaroWinkler(a, b)).toBeCloseTo(similarity, 3)
  expect(jaroWinkler(b, a)).toBeCloseTo(similarity, 3)
})

test('dates agree nearly when one part differs or day and month are swapped', () => {
  expect(agreement('1980 03 04', '1980 04 03', 'date')).toBe(1)
  expect(agreement('1980 03 04', '1980 03 14', 'date')).toBe(1)
  expect(agreement('1980 03 04', '1981 03 14', 'date')).toBe(0)
})

test('in a short list without repetition agreement says as much as in two lists: no record is compared with itself', () => {
  const names = [...first].slice(0, 12).map((name, at) => ({ first: name, town: towns[at % 8]! }))
  const twice = {
    left: [...names, { first: 'anna', town: towns[0]! }],
    fields: fields.filter(({ name }) => ['first', 'town'].includes(name)),
  }
  const { weights } = linkRecords(twice)
  // One pair of 78 has the same first name; counting each record with itself would make it 15 of 169.
  expect(weights[0]!.unmatched[2]).toBeLessThan(0.05)
})

test('a probability that is none is refused', () => {
  const left = [{ first: 'anna' }, { first: 'marco' }]
  expect(() => linkRecords({ left, fields: [{ name: 'first', kind: 'name' }] }, { least: Number.NaN })).toThrow('least')
})
