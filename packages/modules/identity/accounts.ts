/** A person's account, above all tenants. */
export interface Account {
  id: string
  name: string
  email: string
  emailVerified: boolean
  twoFactorEnabled: boolean
  createdAt: Date
}

/** What the rest of the product may ask about people's accounts; sessions and passwords stay behind it. */
export interface Accounts {
  /** Address of the console, without a trailing slash, for links in mails. */
  readonly publicUrl: string
  /** Whether somebody may make an account now: `owner` = there is none yet, the first becomes the owner. */
  signUp: () => Promise<'owner' | 'open' | 'closed'>
  find(userId: string): Promise<Account | null>
  findByEmail(email: string): Promise<Account | null>
  /**
   * Makes an account without the sign-up form (first owner, accepted invitation).
   * @param account.password null = signs in by link only, until one is set.
   * @throws Problem 400 naming `password` when it is too short or too long, 409 when the e-mail is taken.
   */
  create(account: { email: string; name: string; password: string | null; emailVerified: boolean }): Promise<Account>
  /** Replaces the password and ends all sessions of the person, unless they choose their first one. */
  setPassword(userId: string, password: string, options?: { keepSessions: boolean }): Promise<void>
  hasPassword(userId: string): Promise<boolean>
  update(userId: string, change: { name?: string; email?: string; emailVerified?: boolean }): Promise<Account>
  /**
   * An address that signs in once, within 15 minutes; for the operator's terminal.
   * Null for a person with a second factor: a link would go around it.
   */
  createSignInLink(userId: string): Promise<string | null>
  /** The person behind a session cookie, read from the database each time, so a revoked session is gone at once. */
  session(headers: Headers): Promise<{ account: Account; sessionId: string } | null>
}
