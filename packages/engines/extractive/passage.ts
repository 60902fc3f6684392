/** A piece of text that an answer may be taken from: a chunk of a document, or a part of a conversation. */
export interface Passage<Locator = unknown> {
  id: string
  /** Document and section, as a person would name the place. Helps to judge what the text is about and is named when nothing is found. */
  title: string
  text: string
  /** Page, slide or time, carried along unread. */
  locator?: Locator
}
