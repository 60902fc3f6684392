/** An answer whose writer has not renewed it for this long belongs to a process that died. */
export const leaseSeconds = 20
