/** Schema of accounts and sessions. Not `auth`: Supabase has one of that name. */
export const authSchema = 'gh_auth'
