import { isIP } from 'node:net'
import type { AddressList } from '@guildhall/kernel'

/**
 * The nearest hop that is not one of our own proxies. Without trusted proxies the header is worth nothing, since
 * anybody can send it.
 */
export function clientAddress(peer: string, forwarded: string | undefined, proxies: AddressList): string {
  const plain = (address: string) => address.trim().replace(/^::ffff:/, '')
  const hops = forwarded ? forwarded.split(',').map(plain) : []
  let address = plain(peer)
  while (proxies.includes(address) && hops.length > 0) {
    const next = hops.pop() ?? ''
    if (isIP(next) === 0) break
    address = next
  }
  return address
}
