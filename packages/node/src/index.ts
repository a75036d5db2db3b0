/**
 * The Node runtime of effect-xdm.
 *
 * @since 0.1.0
 */
export { EmulatorServer } from "./EmulatorServer.js"
export * as Login from "./Login.js"
export * as MediaFile from "./MediaFile.js"
export * as NodeClient from "./NodeClient.js"
export * as NodeDirectMessages from "./NodeDirectMessages.js"
export * as Places from "./Places.js"
export * as TokenFile from "./TokenFile.js"
export { WebhookServer, type WebhookServerOptions } from "./WebhookServer.js"
