/**
 * The Node runtime of effect-xdm.
 *
 * @since 0.1.0
 */
export { EmulatorServer } from "./EmulatorServer.js"
export * as NodeClient from "./NodeClient.js"
export * as TokenFile from "./TokenFile.js"
