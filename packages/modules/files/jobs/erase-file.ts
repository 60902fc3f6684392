import { job } from '@guildhall/kernel'
import { z } from 'zod'

/** Erases the bytes of a removed file, then its row; a crash between the two is made up for by the next attempt. */
export const eraseFile = job({
  name: 'files.erase',
  payload: z.object({ id: z.uuid() }),
  maxAttempts: 20,
  run: ({ id }, ctx) => ctx.services.files.erase(ctx, id),
})
