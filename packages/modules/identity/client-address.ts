/**
 * Carries the address of the client from the transport, which sees the connection, to the limits and the audit trail.
 * The transport sets it on each request and so overwrites what a client may have sent.
 */
export const clientAddressHeader = 'x-gh-client-ip'
