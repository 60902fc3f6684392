/**
 * Ends the current task of the browser and goes on in the next one: in between it paints and answers whoever touches the
 * page. Quicker than a timer, which waits four milliseconds when it is used again and again.
 */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      port1.close()
      resolve()
    })
    port1.start()
    port2.postMessage(null)
  })
}
