export interface Block {
  readonly language: string
  readonly marks: ReadonlyArray<string>
  readonly code: string
  /** Where it begins, from 1. */
  readonly line: number
  /** What a program is said to print. */
  readonly output: string | undefined
}
export declare const blocksOf: (markdown: string) => ReadonlyArray<Block>
