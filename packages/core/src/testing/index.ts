/**
 * For tests of programs that use X's Direct Messages: a faithful server in
 * memory, a sample inbox, and faults.
 *
 * @since 0.1.0
 */
export { Emulator, type EmulatorOptions, type EmulatorService } from "./Emulator.js"
export * as EmulatorApp from "./EmulatorApp.js"
export * as Faults from "./Faults.js"
export * as Fixtures from "./Fixtures.js"
