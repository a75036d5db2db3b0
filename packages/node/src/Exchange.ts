/** A request over undici's dispatch, whose answer is read whole. */
import type { Dispatcher, Pool } from "@effect/platform-node/Undici"
import { type HttpClientError, RequestError } from "@effect/platform/HttpClientError"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import { WholeResponse } from "./WholeResponse.js"

/** Told of how an exchange has ended, once, unless it was cancelled. */
export interface Listener {
  readonly onAnswer: (
    status: number,
    headers: Dispatcher.ResponseData["headers"],
    chunks: ReadonlyArray<Buffer>
  ) => void
  readonly onFailure: (error: HttpClientError) => void
}

/** A request on its way: what undici tells of it becomes one answer. */
export class Exchange implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined
  private onEnd: (() => void) | undefined
  private cancelled = false
  private status = 0
  private headers: Dispatcher.ResponseData["headers"] = {}
  private chunks: Array<Buffer> = []

  constructor(
    private readonly request: HttpClientRequest,
    private readonly options: Dispatcher.DispatchOptions,
    private readonly listener: Listener
  ) {}

  /** Sends the request. `onEnd` is told once, when it is answered, has failed or is cancelled. */
  start(pool: Pool, onEnd: () => void): void {
    this.onEnd = onEnd
    pool.dispatch(this.options, this)
  }

  /** Closes the connection; a request that has none yet will not be made. */
  cancel(): void {
    this.cancelled = true
    this.controller?.abort(new Error("interrupted"))
    this.end()
  }

  private end(): void {
    this.onEnd?.()
    this.onEnd = undefined
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    if (this.cancelled) this.cancel()
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Dispatcher.ResponseData["headers"]
  ): void {
    // Informational answers, below 200, come before the one that counts.
    this.status = status
    this.headers = headers
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.end()
    const { chunks } = this
    // An exchange outlives its end by some collections, and bytes that do so, too, bring on the costly ones.
    this.chunks = []
    if (!this.cancelled) this.listener.onAnswer(this.status, this.headers, chunks)
  }

  onResponseError(_: Dispatcher.DispatchController, cause: Error): void {
    this.end()
    if (this.cancelled) return
    const { chunks, headers, request, status } = this
    this.listener.onFailure(
      status < 200
        ? new RequestError({ request, reason: "Transport", cause })
        : new WholeResponse(request, status, headers, chunks).unreadable(cause)
    )
  }
}
