// The public API as a text that a review can read: every name that the packages export, with its signature, and the
// types that those signatures name. It is read from the compiled declarations; `npm run api`
// writes it to `packages/*/api.md`, and a test says when that is not what is built.
import { readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join, relative, sep } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
// The compiler of this project is native and cannot be asked; the one before it can.
const ts = createRequire(join(root, "test", "package.json"))("typescript5")

export const packages = ["core", "node"]
export const fileOf = (name) => join(root, "packages", name, "api.md")

const printer = ts.createPrinter({ removeComments: true })

/** A compiler is free to order the members of a union as it met them, so here they are in the order of letters. */
const sortedUnions = (context) => (node) => {
  const visit = (each) => {
    const inner = ts.visitEachChild(each, visit, context)
    if (!ts.isUnionTypeNode(inner)) return inner
    const text = (type) => printer.printNode(ts.EmitHint.Unspecified, type, each.getSourceFile())
    const members = inner.types.map((type) => [text(type), type]).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)
    return ts.factory.updateUnionTypeNode(inner, ts.factory.createNodeArray(members.map(([, type]) => type)))
  }
  return ts.visitNode(node, visit)
}

const printed = (declaration) => {
  const { transformed: [node] } = ts.transform(declaration, [sortedUnions])
  return printer.printNode(ts.EmitHint.Unspecified, node, declaration.getSourceFile())
    .replace(/^(export )?declare /, "$1").replace(/;$/gm, "")
}

/** The statement that declares something, for a variable is declared within one. */
const statementOf = (declaration) => ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration

export const apiOf = (name) => {
  const folder = join(root, "packages", name)
  const dist = join(folder, "dist")
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  const entries = Object.entries(manifest.exports).map(([path, { types }]) => [path, join(folder, types)])
  const program = ts.createProgram(entries.map(([, file]) => file), {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
    types: [],
    skipLibCheck: true,
    noEmit: true
  })
  const checker = program.getTypeChecker()
  const target = (symbol) =>
    symbol !== undefined && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  const moduleOf = (file) => relative(dist, file).split(sep).join("/").replace(/\.d\.ts$/, "")
  const ours = (file) => !relative(dist, file).startsWith("..")

  /** By file, what is declared in it and belongs here. */
  const found = new Map()
  const exported = new Set()
  const add = (symbol) => {
    for (const declaration of symbol?.declarations ?? []) {
      const { fileName } = declaration.getSourceFile()
      const statement = statementOf(declaration)
      if (!ours(fileName) || statement.parent?.kind !== ts.SyntaxKind.SourceFile) continue
      const statements = found.get(fileName) ?? new Set()
      found.set(fileName, statements)
      if (statements.has(statement)) continue
      statements.add(statement)
      const visit = (node) => {
        if (ts.isIdentifier(node)) add(target(checker.getSymbolAtLocation(node)))
        ts.forEachChild(node, visit)
      }
      visit(statement)
    }
  }

  const lists = entries.map(([path, file]) => {
    const names = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))
    for (const symbol of names.map(target)) {
      // A module may be exported as a whole, by a name.
      const isModule = symbol.flags & ts.SymbolFlags.ValueModule
      for (const each of isModule ? checker.getExportsOfModule(symbol).map(target) : [symbol]) {
        add(each)
        for (const declaration of each.declarations ?? []) exported.add(statementOf(declaration))
      }
    }
    return [path, file, names.map((symbol) => symbol.name).sort()]
  })
  const isPublic = new Map(lists.map(([path, file]) => [file, path]))
  const section = (file) => {
    const title = isPublic.has(file) ? `${manifest.name}${isPublic.get(file).slice(1)}` : `(${moduleOf(file)})`
    const mark = (statement) =>
      exported.has(statement) && ts.getJSDocCommentsAndTags(statement).length === 0 ? "// undocumented\n" : ""
    const statements = [...found.get(file)].sort((a, b) => a.pos - b.pos).map((each) => mark(each) + printed(each))
    return `### ${title}\n\n\`\`\`ts\n${statements.join("\n")}\n\`\`\`\n`
  }
  const files = [...found.keys()].sort()
  return [
    `# The API of ${manifest.name}\n`,
    "Written by `npm run api` from the compiled declarations; what changes here changes for users.\n",
    "## Names\n",
    ...lists.map(([path, , names]) => `- \`${manifest.name}${path.slice(1)}\`: ${names.join(", ")}\n`),
    "## Signatures\n",
    ...files.filter((file) => isPublic.has(file)).map(section),
    "## Signatures of modules that have no path of their own\n",
    "What the modules above export from them, and what their signatures name.\n",
    ...files.filter((file) => !isPublic.has(file)).map(section)
  ].join("\n").replace(/^(- .*\n)\n(?=- )/gm, "$1")
}

if (process.argv.includes("--write")) {
  for (const name of packages) writeFileSync(fileOf(name), apiOf(name))
}
