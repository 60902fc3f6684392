import { conflict, invalidInput, notFound } from '@guildhall/kernel'
import { runWithTransaction } from '@better-auth/core/context'
import type { Account, Accounts } from './accounts.ts'
import { passwordLength, type Auth } from './better-auth.ts'

/** Accounts on top of the accounts library. `auth` is asked for each time: the public address may be known late. */
export function createAccounts(auth: () => Auth, installation: Pick<Accounts, 'publicUrl' | 'signUp'>): Accounts {
  const library = () => auth().$context

  const accounts: Accounts = {
    ...installation,

    async find(userId) {
      const user = await (await library()).internalAdapter.findUserById(userId)
      return user ? accountOf(user) : null
    },

    async findByEmail(email) {
      const found = await (await library()).internalAdapter.findUserByEmail(email.toLowerCase())
      return found ? accountOf(found.user) : null
    },

    async create({ email, name, password, emailVerified }) {
      if (password !== null) checkPassword(password)
      const context = await library()
      const hash = password === null ? null : await context.password.hash(password)
      if (await accounts.findByEmail(email))
        throw conflict(`There is an account for ${email} already.`, [{ field: 'email', message: 'is taken' }])
      const user = await runWithTransaction(context.adapter, async () => {
        const created = await context.internalAdapter.createUser(
          { email: email.toLowerCase(), name, emailVerified },
          { method: 'guildhall' },
        )
        if (hash !== null)
          await context.internalAdapter.linkAccount({
            userId: created.id,
            providerId: 'credential',
            accountId: created.id,
            password: hash,
          })
        return created
      })
      return accountOf(user)
    },

    async setPassword(userId, password, options) {
      checkPassword(password)
      const context = await library()
      const hash = await context.password.hash(password)
      await runWithTransaction(context.adapter, async () => {
        if (await accounts.hasPassword(userId)) await context.internalAdapter.updatePassword(userId, hash)
        else
          await context.internalAdapter.linkAccount({
            userId,
            providerId: 'credential',
            accountId: userId,
            password: hash,
          })
      })
      if (!options?.keepSessions) await context.internalAdapter.deleteUserSessions(userId)
    },

    async hasPassword(userId) {
      return (await (await library()).internalAdapter.findCredentialAccount(userId)) !== null
    },

    async update(userId, change) {
      const context = await library()
      if (change.email !== undefined) {
        const other = await accounts.findByEmail(change.email)
        if (other && other.id !== userId)
          throw conflict(`There is an account for ${change.email} already.`, [{ field: 'email', message: 'is taken' }])
      }
      const user = await context.internalAdapter.updateUser(userId, {
        ...change,
        ...(change.email === undefined ? {} : { email: change.email.toLowerCase() }),
      })
      if (!user) throw notFound('account')
      return accountOf(user)
    },

    async createSignInLink(userId) {
      const account = await accounts.find(userId)
      if (!account || account.twoFactorEnabled) return null
      // Whoever reads the terminal owns the machine; without this, a link takes away the password of an unverified account.
      if (!account.emailVerified) await accounts.update(userId, { emailVerified: true })
      let link: string | null = null
      await auth().api.signInMagicLink({
        body: {
          email: account.email,
          callbackURL: '/',
          errorCallbackURL: '/sign-in',
          metadata: { deliver: (url: string) => (link = url) },
        },
        headers: new Headers(),
      })
      return link
    },

    async session(headers) {
      const cookie = headers.get('cookie')
      if (cookie === null) return null
      const found = await auth().api.getSession({
        headers: new Headers({ cookie }),
        query: { disableRefresh: true, disableCookieCache: true },
      })
      return found ? { account: accountOf(found.user), sessionId: found.session.id } : null
    },
  }
  return accounts
}

interface LibraryUser {
  id: string
  name: string
  email: string
  emailVerified: boolean
  createdAt: Date
  twoFactorEnabled?: boolean | null | undefined
}

function accountOf(user: LibraryUser): Account {
  const { id, name, email, emailVerified, createdAt } = user
  return { id, name, email, emailVerified, createdAt, twoFactorEnabled: user.twoFactorEnabled ?? false }
}

function checkPassword(password: string): void {
  if (password.length < passwordLength.min)
    throw invalidInput([{ field: 'password', message: `must have at least ${passwordLength.min} characters` }])
  if (password.length > passwordLength.max)
    throw invalidInput([{ field: 'password', message: `must have at most ${passwordLength.max} characters` }])
}
