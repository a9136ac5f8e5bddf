import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { HttpArrival } from '../edges/http/http-arrival.js';
import { sessionOf } from '../edges/session-of.js';
import { SessionManager } from '../session/session-manager.js';
import type { RequestSession } from '../session/state/request-session.js';

type Emit = (this: EventEmitter, ...event: Parameters<EventEmitter['emit']>) => boolean;

/** Returns the request that emits an event, or whose response does. */
type RequestOf = (emitter: EventEmitter) => unknown;

const itself: RequestOf = (request) => request;
const itsRequest: RequestOf = (response) => ('req' in response ? response.req : undefined);

/** Holds the session of the request whose code is running. */
@Injectable()
export class SessionContext {
  private readonly storage = new AsyncLocalStorage<RequestSession | undefined>();
  // Shared by all requests and responses, except those whose `emit` somebody else has replaced.
  private readonly emitOfRequest: Emit;
  private readonly emitOfResponse: Emit;

  constructor(private readonly manager: SessionManager) {
    this.emitOfRequest = this.withSession(EventEmitter.prototype.emit, itself);
    this.emitOfResponse = this.withSession(EventEmitter.prototype.emit, itsRequest);
  }

  /**
   * Patches the two prototypes that an Express application gives its requests and responses, so that these
   * need no `emit` of their own.
   */
  prepare(application: unknown): void {
    if (typeof application !== 'function') return;
    this.followRequest(Reflect.get(application, 'request'));
    this.followResponse(Reflect.get(application, 'response'));
  }

  /** Runs the rest of a request, and all listeners of the request and its response, with its session. */
  run(session: RequestSession, { request, response, next }: HttpArrival): void {
    this.followRequest(request);
    this.followResponse(response);
    this.storage.run(session, next);
  }

  /** The session of the running request; `undefined` outside a request that has a session. */
  get current(): RequestSession | undefined {
    return this.storage.getStore();
  }

  /**
   * Disables the storage when the application is closed: every promise in the process pays for one in use.
   */
  close(): void {
    this.storage.disable();
  }

  private followRequest(request: unknown): void {
    this.follow(request, this.emitOfRequest, itself);
  }

  private followResponse(response: unknown): void {
    this.follow(response, this.emitOfResponse, itsRequest);
  }

  /**
   * Makes the listeners run with the session. Node emits these events in a context of its own, that of the
   * socket, such as when a part of the body arrives: what continues from there, as behind many body parsers,
   * would have lost the session.
   */
  private follow(emitter: unknown, shared: Emit, requestOf: RequestOf): void {
    if (!(emitter instanceof EventEmitter)) return;
    const { emit } = emitter;
    if (emit === shared) return;
    const isNodes = emit === EventEmitter.prototype.emit;
    emitter.emit = isNodes ? shared : this.withSession(emit, requestOf);
  }

  private withSession(emit: EventEmitter['emit'], requestOf: RequestOf): Emit {
    const { storage, manager } = this;
    const isNodes = emit === EventEmitter.prototype.emit;
    return function (...event) {
      // Most events of a request have no listeners, and Node's own `emit` then does nothing.
      const isHeard = this.listenerCount(event[0]) > 0;
      if (isNodes && !isHeard && event[0] !== 'error') return false;
      const session = isHeard ? sessionOf(requestOf(this)) : undefined;
      const isThere = session === storage.getStore();
      const isEmitted =
        isThere || session?.settings !== manager.settings
          ? Reflect.apply(emit, this, event)
          : storage.run(
              session,
              Reflect.apply<EventEmitter, typeof event, boolean>,
              emit,
              this,
              event,
            );
      if (event[0] === 'close' && requestOf === itsRequest) leave(requestOf(this), storage);
      return isEmitted;
    };
  }
}

/** For how many milliseconds at most an answered request may be kept in memory. Node's own default is 5 s. */
const BRIEFLY = 10_000;

/**
 * Lets go of an answered request. Node sets the timer of an idle connection in the context of that request,
 * and would keep it in memory, with its session, until the connection is used again. So the timer is set anew
 * if it is to run for long: a server behind a proxy often keeps connections open for a minute and more.
 */
function leave(request: unknown, storage: AsyncLocalStorage<RequestSession | undefined>): void {
  const socket = request instanceof IncomingMessage ? request.socket : undefined;
  const { timeout = 0 } = socket instanceof Socket ? socket : {};
  if (timeout > BRIEFLY) storage.run(undefined, () => socket?.setTimeout(timeout));
}
