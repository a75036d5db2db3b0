import { afterEach } from "vitest"

// Tests that wait for nothing would keep a worker from hearing Vitest for as long as they run, one after the other; after
// a minute of that it gives up.
afterEach(() => new Promise<void>((resolve) => void setImmediate(resolve)))
