/** First messages of conversations that were just made, sent when their panel opens. */
const firstMessages = new Map<string, string>()

export const sendFirst = (chatId: string, text: string) => firstMessages.set(chatId, text)

/** What is to be said first, once. */
export function takeFirst(chatId: string): string | undefined {
  const text = firstMessages.get(chatId)
  firstMessages.delete(chatId)
  return text
}
