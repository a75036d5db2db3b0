// The code blocks of a Markdown file. The README's and the site's are compiled by `check`; those marked `ts run` are
// whole programs, which a test runs, and the `txt` block after one is what it prints.
export const blocksOf = (markdown) =>
  [...markdown.matchAll(/^```(\w+)([^\n]*)\n([^]*?)^```$/gm)].map(([whole, language, marks, code], at, all) => {
    const end = all[at].index + whole.length
    const next = all[at + 1]
    return {
      language,
      marks: marks.trim().split(/\s+/).filter((mark) => mark !== ""),
      code,
      line: markdown.slice(0, all[at].index).split("\n").length,
      // Only what stands right under it, with nothing but a line of words between.
      output: next?.[1] === "txt" && /^\n+(?:[^\n#]+\n+)?$/.test(markdown.slice(end, next.index)) ? next[3] : undefined
    }
  })
