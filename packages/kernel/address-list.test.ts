import { expect, it } from 'vitest'
import { readAddressList } from './address-list.ts'

const { list, wrong } = readAddressList(' 192.0.2.7, 10.1.0.0/16,2001:db8::1 ,fd00::/8,203.0.113.9/32')

it.each([
  '192.0.2.7',
  '10.1.0.0',
  '10.1.255.255',
  '2001:db8::1',
  '2001:0db8:0:0::0001',
  'fd12:3456::9',
  '203.0.113.9',
  '::ffff:10.1.2.3',
])('%s is in the list', (address) => {
  expect(list.includes(address)).toBe(true)
})

it.each(['192.0.2.8', '10.2.0.0', '10.0.255.255', '2001:db8::2', 'fe80::1%eth0', '::ffff:10.2.0.1', 'unknown', ''])(
  '%j is not',
  (address) => {
    expect(list.includes(address)).toBe(false)
  },
)

it('names the entries that are no address and no range', () => {
  expect(wrong).toEqual([])
  const bad = ['10.0.0.0/33', '10.0.0', 'proxy.example', 'fd00::/129', '10.0.0.1/', '10.0.0.1/-1', '1.2.3.4/8/8']
  expect(readAddressList(`10.0.0.1,${bad.join(',')}`).wrong).toEqual(bad)
  expect(readAddressList('').wrong).toEqual([])
})
