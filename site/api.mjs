// Writes the API pages of the site, a page a module, from the declarations that the build has made. They hold what a
// user's compiler sees: the public names, their types as they are written, and their doc comments.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { basename, dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const target = join(root, "site", "api")

const rooms = {
  front: "The front door",
  streams: "Streams",
  sending: "Sending",
  media: "Media",
  push: "Push",
  protocol: "How a call is made",
  endpoints: "Endpoints",
  model: "What travels",
  testing: "Testing",
  node: "Node"
}

/** The declarations of a file, read once. */
const files = new Map()
const open = (path) => {
  const known = files.get(path)
  if (known !== undefined) return known
  const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true)
  files.set(path, file)
  return file
}

const resolve = (file, specifier) => join(dirname(file.fileName), specifier.text.replace(/\.js$/, ".d.ts"))

const isExported = (node) => node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true

const namesOf = (node) =>
  ts.isVariableStatement(node)
    ? node.declarationList.declarations.map(({ name }) => name.getText())
    : node.name === undefined
    ? []
    : [node.name.getText()]

/** What a file exports, by name: its own declarations, and those that it passes on. */
const exportsOf = (path) => {
  const file = open(path)
  const found = new Map()
  const add = (name, node) => found.set(name, [...(found.get(name) ?? []), node])
  const local = new Map()
  for (const node of file.statements) {
    for (const name of namesOf(node)) {
      local.set(name, [...(local.get(name) ?? []), node])
      if (isExported(node)) add(name, node)
    }
  }
  for (const node of file.statements.filter(ts.isExportDeclaration)) {
    const from = node.moduleSpecifier === undefined ? undefined : resolve(file, node.moduleSpecifier)
    if (node.exportClause === undefined) {
      for (const [name, nodes] of exportsOf(from)) found.set(name, nodes)
    } else if (ts.isNamedExports(node.exportClause)) {
      for (const { name, propertyName } of node.exportClause.elements) {
        const original = (propertyName ?? name).getText()
        const nodes = from === undefined ? local.get(original) : exportsOf(from).get(original)
        if (nodes !== undefined) found.set(name.getText(), nodes)
      }
    }
  }
  return found
}

/** The text of a doc comment, without the stars. */
const uncommented = (comment) =>
  comment
    .replace(/^\/\*\*\n?/, "")
    .replace(/\n? *\*\/$/, "")
    .replace(/^ *\* ?/gm, "")
    .trim()

/** What a doc comment says, and its examples. */
const parts = (comment) => {
  const [text, ...tags] = uncommented(comment).split(/^@(?=example|since)/m)
  const examples = tags.filter((tag) => tag.startsWith("example")).map((tag) => tag.slice("example".length).trim())
  return { text: text.replace(/\s*@since \S+/g, "").trim(), examples }
}

const commentOf = (node) => {
  const text = node.getSourceFile().text
  const ranges = (ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [])
    .map(({ end, pos }) => text.slice(pos, end))
    .filter((each) => each.startsWith("/**"))
  return ranges.at(-1)
}

const docOf = (nodes) => {
  const all = nodes.map(commentOf).filter((comment) => comment !== undefined).map(parts)
  return {
    text: all.map(({ text }) => text).filter((text) => text !== "").join("\n\n"),
    examples: all.flatMap(({ examples }) => examples)
  }
}

/** Of what the compiler has written out, the names that a program would use. */
const readable = (text) =>
  text
    .replace(/string & (?:import\("effect\/Brand"\)|Brand)\.Brand<"(\w+)">/g, "$1")
    .replace(/\((\w+)\)\[\]/g, "$1[]")
    .replace(/import\("@?effect\/(?:\w+\/)?(\w+)"\)\./g, "$1.")
    .replace(/import\("[^"]+"\)\./g, "")

/** A declaration as code: without its own comment, with those of its members, two spaces deep. */
const codeOf = (node) => {
  const file = node.getSourceFile()
  const bases = new Map(
    file.statements.filter(ts.isVariableStatement).flatMap((statement) =>
      statement.declarationList.declarations.map((each) => [each.name.getText(), each.type])
    )
  )
  let text = node.getText()
  const base = node.heritageClauses?.[0]?.types[0]
  const name = base?.expression.getText() ?? ""
  if (name.endsWith("_base") && bases.has(name)) {
    const type = bases.get(name).getText()
    const tag = /readonly _tag: ("\w+")/.exec(type)?.[1]
    const plain = tag === undefined ? type : `Data.TaggedError(${tag})`
    text = text.replace(name, () => plain)
  }
  const schema = /^Schema\.Schema\.Type$/.test(name) ? bases.get(base.typeArguments[0].getText().slice(7)) : undefined
  if (schema !== undefined && ts.isTypeReferenceNode(schema) && ts.isTypeLiteralNode(schema.typeArguments[0])) {
    text = `interface ${node.name.getText()} ${schema.typeArguments[0].getText()}`
  }
  return readable(text)
    .replace(/ *\/\*\*[^]*?\*\/\n?/g, (comment) => {
      const { text } = parts(comment.trim())
      const indent = /^ */.exec(comment)[0]
      if (text === "") return ""
      const lines = text.split("\n")
      return lines.length === 1
        ? `${indent}/** ${text} */\n`
        : `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`
    })
    .replace(/^(?: {4})+/gm, (indent) => indent.slice(indent.length / 2))
    .replace(/^export /, "")
    .replace(/^declare (?=class|function|namespace|const|let|abstract)/, "")
    .replace(/;$/gm, "")
    .replace(/^.*\b\w+_base\b.*\n/gm, "")
}

/** Prose for Vitepress, where a `<` in the text would begin a tag. */
const prose = (text, linkTo) =>
  text
    .split(/(```[^]*?```|`[^`]*`)/)
    .map((part, at) =>
      at % 2 === 1
        ? part
        : part
          .replace(/\{@link ([\w.]+)(?:[ |][^}]*)?\}/g, (_, name) => linkTo(name) ?? `\`${name}\``)
          .replaceAll("<", "&lt;")
          .replaceAll("{{", "{&#123;")
    )
    .join("")

// The modules.

const coreRoot = join(root, "packages", "core")
const nodeRoot = join(root, "packages", "node")
const coreModules = Object.values(JSON.parse(readFileSync(join(coreRoot, "package.json"), "utf8")).exports)
  .map(({ types }) => join(coreRoot, types))
  .filter((path) => !/\/(testing\/)?index\.d\.ts$/.test(path))
const testingModules = ["Emulator", "EmulatorApp", "Faults", "Fixtures"]
  .map((name) => join(coreRoot, "dist", "testing", `${name}.d.ts`))
const nodeModules = ["EmulatorServer", "Login", "MediaFile", "NodeClient", "NodeDirectMessages", "Places", "TokenFile"]
  .concat("WebhookServer", "archive/Archive")
  .map((name) => join(nodeRoot, "dist", `${name}.d.ts`))

const roomOf = (path) => {
  if (path.startsWith(nodeRoot)) return "node"
  const room = relative(join(coreRoot, "dist"), path).split(/[\\/]/)
  return room.length === 1 ? "front" : room[0]
}

const modules = [...coreModules, ...testingModules, ...nodeModules].map((path) => {
  const name = basename(path, ".d.ts")
  const room = roomOf(path)
  return { path, name, room, page: `${room}/${name}`, declared: exportsOf(path) }
})

/** How a program imports a module: what the barrel gives, or the module by itself. */
const barrel = (path) => {
  const file = open(path)
  return file.statements.filter(ts.isExportDeclaration).map((node) => ({
    from: resolve(file, node.moduleSpecifier),
    namespace: node.exportClause !== undefined && ts.isNamespaceExport(node.exportClause)
      ? node.exportClause.name.getText()
      : undefined,
    names: node.exportClause !== undefined && ts.isNamedExports(node.exportClause)
      ? node.exportClause.elements.map((each) => ({
        type: node.isTypeOnly || each.isTypeOnly,
        as: each.getText().replace(/^type /, "")
      }))
      : []
  }))
}
const barrels = {
  "@effect-xdm/core": barrel(join(coreRoot, "dist", "index.d.ts")),
  "@effect-xdm/core/testing": barrel(join(coreRoot, "dist", "testing", "index.d.ts")),
  "@effect-xdm/node": barrel(join(nodeRoot, "dist", "index.d.ts"))
}

const importOf = ({ declared, name, path, room }) => {
  for (const [from, exports] of Object.entries(barrels)) {
    const own = exports.filter((each) => each.from === path)
    const namespace = own.find((each) => each.namespace !== undefined)?.namespace
    if (namespace !== undefined) return `import { ${namespace} } from "${from}"`
    const values = own.flatMap(({ names }) => names.filter(({ type }) => !type).map(({ as }) => as))
    const types = own.flatMap(({ names }) => names.filter(({ type }) => type).map(({ as }) => `type ${as}`))
    const all = values.length > 0 ? values : types
    if (all.length > 0) return `import { ${all.join(", ")} } from "${from}"`
  }
  if (room === "node") return `import { ${[...declared.keys()][0]} } from "@effect-xdm/node/${name}"`
  return `import * as ${name} from "@effect-xdm/core/${name}"`
}

/** Where each declaration is told of. */
const places = new Map()
for (const { declared, page } of modules) {
  for (const [name, [first]] of declared) {
    const key = `${first.getSourceFile().fileName}#${namesOf(first)[0]}`
    const known = places.get(key)
    // Its own module goes before one that passes it on.
    if (known === undefined || page.endsWith(`/${basename(first.getSourceFile().fileName, ".d.ts")}`)) {
      places.set(key, `/api/${page}#${name}`)
    }
  }
}

/** The names that a file imports from other files of the package, and where they are told of. */
const importsOf = (file) => {
  const found = new Map()
  for (const node of file.statements.filter(ts.isImportDeclaration)) {
    if (!node.moduleSpecifier.text.startsWith(".")) continue
    const from = resolve(file, node.moduleSpecifier)
    const bindings = node.importClause?.namedBindings
    if (bindings === undefined) continue
    if (ts.isNamespaceImport(bindings)) {
      for (const [name, [first]] of exportsOf(from)) {
        const place = places.get(`${first.getSourceFile().fileName}#${namesOf(first)[0]}`)
        if (place !== undefined) found.set(`${bindings.name.getText()}.${name}`, place)
      }
    } else {
      for (const { name, propertyName } of bindings.elements) {
        const first = exportsOf(from).get((propertyName ?? name).getText())?.[0]
        const place = first && places.get(`${first.getSourceFile().fileName}#${namesOf(first)[0]}`)
        if (place !== undefined) found.set(name.getText(), place)
      }
    }
  }
  for (const [name, [first]] of exportsOf(file.fileName)) {
    const place = places.get(`${first.getSourceFile().fileName}#${namesOf(first)[0]}`)
    if (place !== undefined) found.set(name, place)
  }
  return found
}

/** The types that a declaration names, apart from itself. */
const referred = (nodes, own) => {
  const known = importsOf(nodes[0].getSourceFile())
  const found = new Map()
  const visit = (node) => {
    if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node) || ts.isTypeQueryNode(node)) {
      const name = (node.typeName ?? node.expression ?? node.exprName).getText()
      if (name !== own && known.has(name)) found.set(name, known.get(name))
    }
    ts.forEachChild(node, visit)
  }
  nodes.forEach(visit)
  return [...found]
}

const moduleDoc = (path) => {
  const source = path.replace(/([\\/])dist([\\/])/, "$1src$2").replace(/\.d\.ts$/, ".ts")
  const comment = /^\/\*\*[^]*?\*\//.exec(readFileSync(source, "utf8"))?.[0]
  return comment === undefined ? { text: "", examples: [] } : parts(comment)
}

const membersWithExamples = (nodes) =>
  nodes.flatMap((node) => [...(node.members ?? [])]).flatMap((member) => {
    const comment = commentOf(member)
    const { examples = [], text = "" } = comment === undefined ? {} : parts(comment)
    return examples.length === 0 || member.name === undefined ? [] : [{ name: member.name.getText(), examples, text }]
  })

const section = (name, nodes) => {
  const links = importsOf(nodes[0].getSourceFile())
  const linkTo = (to) => links.has(to) ? `[\`${to}\`](${links.get(to)})` : undefined
  const { examples, text } = docOf(nodes)
  const refers = referred(nodes, name).map(([to, place]) => `[\`${to}\`](${place})`)
  return [
    `## ${name} {#${name}}`,
    ...(text === "" ? [] : [prose(text, linkTo)]),
    `\`\`\`ts\n${nodes.map(codeOf).join("\n\n").trim()}\n\`\`\``,
    ...(refers.length === 0 ? [] : [`See ${refers.join(", ")}.`]),
    ...examples,
    ...membersWithExamples(nodes).flatMap((member) => [`**${member.name}**`, ...member.examples])
  ].join("\n\n")
}

const page = (module) => {
  const { text, examples } = moduleDoc(module.path)
  const own = importsOf(open(module.path))
  const linkTo = (to) => own.has(to) ? `[\`${to}\`](${own.get(to)})` : undefined
  return [
    `---\neditLink: false\noutline: 2\n---`,
    `# ${module.name} {#module}`,
    ...(text === "" ? [] : [prose(text, linkTo)]),
    `\`\`\`ts\n${importOf(module)}\n\`\`\``,
    ...examples,
    ...[...module.declared].map(([name, nodes]) => section(name, nodes))
  ].join("\n\n") + "\n"
}

rmSync(target, { recursive: true, force: true })
for (const module of modules) {
  mkdirSync(join(target, module.room), { recursive: true })
  writeFileSync(join(target, `${module.page}.md`), page(module))
}

const byRoom = Object.entries(rooms).map(([room, title]) => ({
  room,
  title,
  modules: modules.filter((each) => each.room === room).toSorted((a, b) => a.name.localeCompare(b.name))
}))
const firstSentence = (text) => {
  const line = text.replace(/\s+/g, " ")
  return /^.*?(?:\.(?= |$)|:(?= -|$))/.exec(line)?.[0].replace(/:$/, ".") ?? line
}
const about = ({ declared, name, path }) => {
  const { text } = moduleDoc(path)
  return prose(firstSentence(text === "" ? docOf(declared.get(name) ?? []).text : text), () => undefined)
}
writeFileSync(
  join(target, "index.md"),
  [
    "---\neditLink: false\noutline: 2\n---",
    "# API",
    "Every public module, written from its source. `@effect-xdm/core` is all but the last part, which is " +
    "`@effect-xdm/node`.",
    ...byRoom.flatMap(({ modules, title }) => [
      `## ${title}`,
      modules.map((each) => `- [${each.name}](/api/${each.page}): ${about(each)}`).join("\n")
    ])
  ].join("\n\n") + "\n"
)
writeFileSync(
  join(target, "sidebar.json"),
  JSON.stringify(byRoom.map(({ modules, title }) => ({
    text: title,
    collapsed: true,
    items: modules.map(({ name, page }) => ({ text: name, link: `/api/${page}` }))
  })))
)
console.log(`${modules.length} modules, ${modules.reduce((sum, { declared }) => sum + declared.size, 0)} names`)
