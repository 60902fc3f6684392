import { asApiProblem, problemOf } from './problem'

/** Calls of the sign-in service below /api/auth. @throws ApiProblem */
async function post<T>(path: string, body: Record<string, unknown>): Promise<T> {
  const response = await fetch(`/api/auth/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch((error: unknown) => {
    throw asApiProblem(error)
  })
  const parsed: unknown = await response.json().catch(() => null)
  if (!response.ok) throw problemOf(parsed, response)
  // The shapes are those that the sign-in service documents for each path.
  return parsed as T
}

async function get<T>(path: string): Promise<T> {
  const response = await fetch(`/api/auth/${path}`).catch((error: unknown) => {
    throw asApiProblem(error)
  })
  const parsed: unknown = await response.json().catch(() => null)
  if (!response.ok) throw problemOf(parsed, response)
  return parsed as T
}

export interface Session {
  id: string
  token: string
  createdAt: string
  expiresAt: string
  ipAddress: string | null
  userAgent: string | null
}

/** `second-factor` = the password was right and a code is asked for next. */
export async function signIn(credentials: {
  email: string
  password: string
  rememberMe: boolean
}): Promise<'signed-in' | 'second-factor'> {
  const result = await post<{ twoFactorRedirect?: boolean }>('sign-in/email', credentials)
  return result.twoFactorRedirect ? 'second-factor' : 'signed-in'
}

export const signUp = (person: { name: string; email: string; password: string }) =>
  post<unknown>('sign-up/email', person)
export const signOut = () => post<unknown>('sign-out', {})
export const requestPasswordReset = (email: string) =>
  post<unknown>('request-password-reset', { email, redirectTo: '/reset-password' })
export const resetPassword = (token: string, newPassword: string) =>
  post<unknown>('reset-password', { token, newPassword })
export const changePassword = (change: {
  currentPassword: string
  newPassword: string
  revokeOtherSessions: boolean
}) => post<unknown>('change-password', change)
export const verifyTotp = (code: string, trustDevice: boolean) =>
  post<unknown>('two-factor/verify-totp', { code, trustDevice })
export const verifyBackupCode = (code: string) => post<unknown>('two-factor/verify-backup-code', { code })
export const enableTwoFactor = (password: string) =>
  post<{ totpURI: string; backupCodes: string[] }>('two-factor/enable', { password })
export const disableTwoFactor = (password: string) => post<unknown>('two-factor/disable', { password })
export const listSessions = () => get<Session[]>('list-sessions')
export const revokeSession = (token: string) => post<unknown>('revoke-session', { token })
