/** The part of WebAssembly's interface that is used here; the types of Node do not name it. */
export interface WebAssemblyRuntime {
  validate(code: Uint8Array): boolean
  Module: new (code: Uint8Array) => object
  Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer }
  Instance: new (module: object, imports: object) => { readonly exports: Record<string, unknown> }
}

/** Node has it since version 8. */
export const webAssembly = (globalThis as unknown as { WebAssembly: WebAssemblyRuntime }).WebAssembly
