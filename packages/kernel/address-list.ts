import { BlockList, isIP } from 'node:net'

/** IP addresses and ranges of them. */
export interface AddressList {
  /** IPv4, IPv6, or IPv4 written as IPv6 (`::ffff:10.0.0.1`). False for what is no address. */
  includes(address: string): boolean
}

/**
 * Reads `10.0.0.7, 10.1.0.0/16, fd00::/8`.
 * @returns the list, and the entries that are neither an address nor a range in CIDR notation (RFC 4632, RFC 4291).
 */
export function readAddressList(text: string): { list: AddressList; wrong: string[] } {
  const ranges = new BlockList()
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)
  const wrong = entries.filter((entry) => !addRange(ranges, entry))
  return {
    wrong,
    list: {
      includes(address) {
        // The zone of a link-local address names an interface of this machine, not another address.
        const [plain = ''] = address.split('%')
        const family = isIP(plain)
        return family !== 0 && ranges.check(plain, family === 6 ? 'ipv6' : 'ipv4')
      },
    },
  }
}

function addRange(ranges: BlockList, entry: string): boolean {
  const [, address = '', digits] = /^([^/%\s]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? []
  const family = isIP(address)
  const bits = family === 6 ? 128 : 32
  const prefix = digits === undefined ? bits : Number(digits)
  if (family === 0 || prefix > bits) return false
  ranges.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4')
  return true
}
