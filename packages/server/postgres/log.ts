/** The part of a pino logger that the database needs. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}
