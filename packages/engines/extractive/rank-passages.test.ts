import { expect, test } from 'vitest'
import { rankPassages } from './index.ts'

const passages = [
  { id: 'rare', title: 'Notes', text: 'The sundial stands behind the hedge.' },
  { id: 'common', title: 'Notes', text: 'The garden garden garden is open, as every garden is.' },
]

const order = (containing: Map<string, number>) =>
  rankPassages('sundial garden', passages, { passages: 1000, containing }).map(({ id }) => id)

test('a term weighs as much as it is rare in the whole corpus, not in the selection', () => {
  const lists = [
    order(
      new Map([
        ['sundial', 1],
        ['garden', 900],
      ]),
    ),
    order(
      new Map([
        ['sundial', 900],
        ['garden', 1],
      ]),
    ),
  ]
  expect(lists).toEqual([
    ['rare', 'common'],
    ['common', 'rare'],
  ])
})

test('without knowledge of the corpus the selection is the corpus', () => {
  expect(rankPassages('sundial', passages)).toEqual([{ id: 'rare', score: expect.any(Number) }])
})
