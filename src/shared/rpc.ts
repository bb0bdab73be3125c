/**
 * Typed requests and answers over any message port: a worker's `MessagePort`, a utility process as main sees
 * it, or `process.parentPort` as the utility process sees it. Knows nothing of Electron or Node, so it is
 * tested in memory.
 *
 * Every envelope carries `kind: 'rpc'`; other messages on the same port are left alone. Answers are `Reply`
 * values, because a thrown error would arrive on the other side as its message alone.
 */
import * as v from 'valibot'
import type { ArgsOf, Reply, ResultOf, Routes } from './ipc/contract'
import { errorFromValue, errorValue, StudioError, type ErrorValue } from './errors'

/** The half of a port that every kind of port has. The listener may get the message or an event with `data`. */
export interface RpcPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (message: unknown) => void): unknown
}

/** A port that also says when the other side is gone. */
export interface ClosableRpcPort extends RpcPort {
  on(event: 'message' | 'close', listener: (message: unknown) => void): unknown
}

/** Arguments of a route as a rest parameter needs them. */
export type RouteArgs<R> = ArgsOf<R> extends infer A extends readonly unknown[] ? A : never

/** One function for every route. It may throw a `StudioError`, which travels with its code. */
export type Handlers<R extends Routes> = {
  readonly [Name in keyof R]: (...args: RouteArgs<R[Name]>) => ResultOf<R[Name]> | Promise<ResultOf<R[Name]>>
}

export interface RpcServerOptions {
  /** Called with what is not a `StudioError`: a bug, to be logged with its stack. */
  readonly onUnexpectedError?: (name: string, error: unknown) => void
  /** What the asking side gets to read of an error. */
  readonly errorFor?: (error: ErrorValue, args: unknown) => ErrorValue
}

export interface RpcClient<R extends Routes> {
  /** Resolves to the result; rejects with the `StudioError` that the other side answered, or `trainer-gone`. */
  call<Name extends keyof R & string>(name: Name, ...args: RouteArgs<R[Name]>): Promise<ResultOf<R[Name]>>
  /** Rejects what is pending and every later call with `reason`, `trainer-gone` unless given. */
  close(reason?: StudioError): void
  /** Calls that wait for their answer. */
  readonly pending: number
}

/** What a call is rejected with when nobody is left to answer it. */
export function trainerGone(): StudioError {
  return new StudioError(
    'trainer-gone',
    'The training process ended before it answered. It is started again by itself; try again in a moment.'
  )
}

const requestSchema = v.object({
  kind: v.literal('rpc'),
  type: v.literal('request'),
  id: v.number(),
  name: v.string(),
  args: v.unknown()
})

const errorValueSchema = v.object({
  code: v.string(),
  message: v.string(),
  details: v.record(v.string(), v.union([v.number(), v.nan(), v.string(), v.boolean(), v.null()]))
})

const replySchema = v.object({
  kind: v.literal('rpc'),
  type: v.literal('reply'),
  id: v.number(),
  reply: v.variant('ok', [
    v.object({ ok: v.literal(true), value: v.unknown() }),
    v.object({ ok: v.literal(false), error: errorValueSchema })
  ])
})

/** `process.parentPort` hands over an event, the other ports the message itself. */
function unwrap(message: unknown): unknown {
  if (typeof message !== 'object' || message === null) return undefined
  if ('kind' in message) return message
  return 'data' in message ? message.data : undefined
}

type AnyHandler = (...args: readonly unknown[]) => unknown

/**
 * A function that answers any request: unknown names with `unknown-request`, arguments that do not fit the
 * route's schema with `invalid-arguments` (the handler is not called), errors as values. It never rejects.
 */
export function createDispatcher<R extends Routes>(
  routes: R,
  handlers: Handlers<R>,
  options: RpcServerOptions = {}
): (name: string, args: unknown) => Promise<Reply<unknown>> {
  // A Map, so that no name from outside reaches an inherited property such as `constructor`.
  const byName = new Map(
    Object.entries(routes).map(([name, route]) => {
      // `Handlers<R>` ties each handler to its own schema; the compiler cannot follow that tie through a loop.
      const handler = handlers[name] as unknown as AnyHandler
      return [name, { schema: route.args, handler }] as const
    })
  )
  return async (name, args) => {
    try {
      const entry = byName.get(name)
      if (!entry) throw new StudioError('unknown-request', `There is no request named "${name.slice(0, 64)}".`)
      const parsed = v.safeParse(entry.schema, args, { abortEarly: true })
      if (!parsed.success) throw invalidArguments(name, v.getDotPath(parsed.issues[0]), parsed.issues[0].message)
      const accepted = parsed.output.length
      if (Array.isArray(args) && args.length > accepted) {
        throw invalidArguments(name, String(accepted), `Expected ${accepted} arguments but received ${args.length}`)
      }
      return { ok: true, value: await entry.handler(...parsed.output) }
    } catch (error) {
      if (!(error instanceof StudioError)) options.onUnexpectedError?.(name, error)
      const value = errorValue(error)
      return { ok: false, error: options.errorFor?.(value, args) ?? value }
    }
  }
}

function invalidArguments(name: string, argument: string | null, problem: string): StudioError {
  const where = argument === null ? 'its arguments' : `argument ${argument}`
  return new StudioError(
    'invalid-arguments',
    `The request "${name}" does not accept ${where}: ${problem}. Nothing was done.`,
    {
      request: name,
      argument
    }
  )
}

/** Answers the requests that arrive on `port`, each with its handler; requests run side by side. */
export function createRpcServer<R extends Routes>(
  port: RpcPort,
  routes: R,
  handlers: Handlers<R>,
  options: RpcServerOptions = {}
): void {
  const dispatch = createDispatcher(routes, handlers, options)
  port.on('message', (message) => {
    const request = v.safeParse(requestSchema, unwrap(message))
    if (!request.success) return
    const { id, name, args } = request.output
    void dispatch(name, args).then((reply) => {
      const envelope = { kind: 'rpc', type: 'reply', id }
      try {
        port.postMessage({ ...envelope, reply })
      } catch (error) {
        // A result that cannot be copied to another process is a bug of its handler, not of the caller.
        options.onUnexpectedError?.(name, error)
        port.postMessage({ ...envelope, reply: { ok: false, error: errorValue(error) } })
      }
    })
  })
}

interface PendingCall {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: StudioError) => void
}

/** The asking side of `port`. The routes are types alone: the other side checks the arguments. */
export function createRpcClient<R extends Routes>(port: ClosableRpcPort): RpcClient<R> {
  const pending = new Map<number, PendingCall>()
  let lastId = 0
  let closedBy: StudioError | null = null

  const close = (reason: StudioError = trainerGone()): void => {
    if (closedBy) return
    closedBy = reason
    for (const call of pending.values()) call.reject(reason)
    pending.clear()
  }

  port.on('message', (message) => {
    const envelope = v.safeParse(replySchema, unwrap(message))
    if (!envelope.success) return
    const { id, reply } = envelope.output
    const call = pending.get(id)
    if (!call) return
    pending.delete(id)
    if (reply.ok) call.resolve(reply.value)
    else call.reject(errorFromValue(reply.error))
  })
  port.on('close', () => close())

  return {
    call<Name extends keyof R & string>(name: Name, ...args: RouteArgs<R[Name]>) {
      return new Promise<ResultOf<R[Name]>>((resolve, reject) => {
        if (closedBy) {
          reject(closedBy)
          return
        }
        const id = ++lastId
        // The other side runs the same contract, so its value is the route's result; `Reply` does not repeat its type.
        pending.set(id, { resolve: resolve as (value: unknown) => void, reject })
        try {
          port.postMessage({ kind: 'rpc', type: 'request', id, name, args })
        } catch (error) {
          pending.delete(id)
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      })
    },
    close,
    get pending() {
      return pending.size
    }
  }
}
