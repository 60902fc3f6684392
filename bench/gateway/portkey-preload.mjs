// Portkey's gateway 1.15.2 answers every stream with 500 on this Node: it appends to the headers of a fetched response,
// which are immutable (Portkey-AI/gateway, issue 1389). A copy of the response has headers that are not.
const fetched = globalThis.fetch
globalThis.fetch = async (...given) => {
  const response = await fetched(...given)
  return new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
  })
}
