/**
 * For tests of programs that use X's Direct Messages: a faithful server in
 * memory, a sample inbox, and faults.
 *
 * @since 0.1.0
 */
export { Emulator, type EmulatorOptions, type EmulatorService, type Login, type LoginOptions } from "./Emulator.js"
export type { Activity } from "./emulator/Push.js"
export type { WebhookAttempt } from "./emulator/PushDelivery.js"
export type { RequestRecord } from "./emulator/RequestLog.js"
export type { Limits, RouteName } from "./emulator/Routes.js"
export type { Answer, Request } from "./emulator/Wire.js"
export * as EmulatorApp from "./EmulatorApp.js"
export * as Faults from "./Faults.js"
export * as Fixtures from "./Fixtures.js"
