/** Thrown out of the comparison of methods when its share of the time limit is used up; what is known by then is used. */
export class TimeOver extends Error {
  override readonly name = 'TimeOver'
}
