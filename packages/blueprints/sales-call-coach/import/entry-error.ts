/** An entry of the dump that cannot be imported; the message says why, for the person who has the dump. */
export class EntryError extends Error {
  override name = 'EntryError'
}
