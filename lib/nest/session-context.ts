import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { sessionOf } from '../edges/session-of.js';
import type { RequestSession } from '../session/state/request-session.js';

type Emit = (this: EventEmitter, ...event: Parameters<EventEmitter['emit']>) => boolean;

/** Knows the session of the request whose code runs now. */
export class SessionContext {
  private readonly storage = new AsyncLocalStorage<RequestSession>();

  /** Runs the rest of a request with its session, and all that listens to the request and its response. */
  run(session: RequestSession, next: () => void): void {
    const { request } = session.edge;
    this.follow(request);
    if ('res' in request) this.follow(request.res);
    this.storage.run(session, next);
  }

  /** The session of the running request; `undefined` outside a request that has a session. */
  get current(): RequestSession | undefined {
    return this.storage.getStore();
  }

  /**
   * Node emits these events in a context of its own, that of the socket: when a part of the body arrives,
   * say. What goes on from there, as behind many body parsers, would have lost the session.
   */
  private follow(emitter: unknown): void {
    if (!(emitter instanceof EventEmitter)) return;
    const { emit } = emitter;
    emitter.emit = emit === EventEmitter.prototype.emit ? this.emit : this.withSession(emit);
  }

  private withSession(emit: EventEmitter['emit']): Emit {
    const { storage } = this;
    return function (...event) {
      const session = sessionOf(this) ?? sessionOf(Reflect.get(this, 'req')); // of a response
      const isThere = session === undefined || session === storage.getStore();
      if (isThere || this.listenerCount(event[0]) === 0) return Reflect.apply(emit, this, event);
      return storage.run(
        session,
        Reflect.apply<EventEmitter, typeof event, boolean>,
        emit,
        this,
        event,
      );
    };
  }

  /** All requests share it, unless somebody else has replaced theirs. */
  private readonly emit = this.withSession(EventEmitter.prototype.emit);
}
