import { forbidden, type Context } from '@guildhall/kernel'
import { isLimitedKey } from '@guildhall/modules/limits'

/** Notices of this topic carry the id of a key that was changed. */
export const keysTopic = 'api-keys'

/** @throws Problem 403 when the caller is itself a key with limits: it would make itself one without */
export async function requireUnlimitedCaller(ctx: Context): Promise<void> {
  if (await isLimitedKey(ctx))
    throw forbidden('This API key has limits, so it may not make or change keys. Sign in, or use a key without limits.')
}
