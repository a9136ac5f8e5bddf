import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import { sessionOf } from '../edges/session-of.js';
import { SessionManager } from '../session/session-manager.js';
import type { RequestSession } from '../session/state/request-session.js';

type Emit = (this: EventEmitter, ...event: Parameters<EventEmitter['emit']>) => boolean;

/** Knows the session of the request whose code runs now. */
@Injectable()
export class SessionContext {
  private readonly storage = new AsyncLocalStorage<RequestSession>();
  /** All requests share it, unless somebody else has replaced theirs. */
  private readonly emit: Emit;

  constructor(private readonly manager: SessionManager) {
    this.emit = this.withSession(EventEmitter.prototype.emit);
  }

  /**
   * Spares the requests and responses of an Express application an `emit` of their own: they have two
   * prototypes, which are the application's.
   */
  prepare(application: unknown): void {
    if (typeof application !== 'function') return;
    for (const name of ['request', 'response']) this.follow(Reflect.get(application, name));
  }

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
    if (emit === this.emit) return;
    emitter.emit = emit === EventEmitter.prototype.emit ? this.emit : this.withSession(emit);
  }

  private withSession(emit: EventEmitter['emit']): Emit {
    const { storage, manager } = this;
    return function (...event) {
      const session = sessionOf(this) ?? sessionOf(Reflect.get(this, 'req')); // of a response
      const isOurs = session !== undefined && session.settings === manager.settings;
      if (!isOurs || session === storage.getStore() || this.listenerCount(event[0]) === 0)
        return Reflect.apply(emit, this, event);
      return storage.run(
        session,
        Reflect.apply<EventEmitter, typeof event, boolean>,
        emit,
        this,
        event,
      );
    };
  }
}
