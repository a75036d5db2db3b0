import * as Fs from "node:fs"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"

const folder = Path.resolve(Path.dirname(fileURLToPath(import.meta.url)), "../../../shared/x-api")

/** X's OpenAPI descriptions, which lie beside the project and not in it. */
export const files = {
  tweet: Path.resolve(folder, "openapi-dm-2.166.json"),
  post: Path.resolve(folder, "openapi-dm-2.167.json")
}

/** Those that are not there; `what` is not tested then, and that is said. */
export const missing = (what: string): ReadonlyArray<string> => {
  const absent = Object.values(files).filter((file) => !Fs.existsSync(file))
  if (absent.length > 0) console.log(`Skipped: ${what}, for want of ${absent.join(", ")}`)
  return absent
}
