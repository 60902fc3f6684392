import { randomUUIDv7 } from 'node:crypto'

/** A new time-ordered identifier (RFC 9562 UUID version 7), made in the process so that PostgreSQL 15 needs no function for it. */
export function newId(): string {
  return randomUUIDv7()
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

export function isId(value: string): boolean {
  return uuidPattern.test(value)
}
