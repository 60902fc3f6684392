import type { load } from 'cheerio'

/** A node of cheerio's document tree. cheerio exports the type only as a parameter of `load`. */
export type DomNode = Extract<Parameters<typeof load>[0], { nodeType: number }>
type DomText = Extract<DomNode, { data: string; nodeType: 3 }>
export type DomElement = Extract<DomNode, { attribs: Record<string, string> }>

/**
 * Walks below `root` in document order without recursion, so that a page nested a hundred thousand levels deep cannot overflow the stack.
 * `enter` returns false to skip a node's children; `leave` is called for each entered node.
 */
export function walk(
  root: DomNode,
  enter: (node: DomNode) => boolean,
  leave: (node: DomNode) => void = () => {},
): void {
  const stack: { node: DomNode; leaving: boolean }[] = [{ node: root, leaving: false }]
  for (let step = stack.pop(); step; step = stack.pop()) {
    if (step.leaving) {
      leave(step.node)
      continue
    }
    const goDeeper = enter(step.node)
    stack.push({ node: step.node, leaving: true })
    if (!goDeeper || !('children' in step.node)) continue
    const { children } = step.node
    for (let i = children.length - 1; i >= 0; i--) {
      const child = children[i]
      if (child) stack.push({ node: child, leaving: false })
    }
  }
}

/** Character data; compared by DOM node type, since domhandler's own enumeration is not exported to us. */
export function isText(node: DomNode): node is DomText {
  return node.nodeType === 3
}

export function isElement(node: DomNode): node is DomElement {
  return 'attribs' in node
}

export function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
