import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Store } from 'express-session';
import type { IncomingMessage } from 'node:http';
import { concatMap } from 'rxjs';
import type { Observable } from 'rxjs';
import { deferred } from '../../support/deferred.js';
import type { Deferred } from '../../support/deferred.js';

export interface Pause {
  /** Resolves when something has come as far as the pause. */
  readonly reached: Promise<void>;
  release(): void;
}

const HEADER = 'x-pause';

/** Makes requests that ask for it wait when their handler is done and nothing is stored yet. */
export class Pauses implements NestInterceptor {
  private readonly pauses = new Map<string, { reached: Deferred; released: Deferred }>();

  /** @returns a pause, and the headers of the request that is to make it */
  next(): Pause & { headers: Record<string, string> } {
    const name = String(this.pauses.size);
    const reached = deferred();
    const released = deferred();
    this.pauses.set(name, { reached, released });
    const headers = { [HEADER]: name, 'content-type': 'application/json' };
    return { reached: reached.promise, release: released.resolve, headers };
  }

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
    const pause = this.pauses.get(String(headers[HEADER]));
    if (pause === undefined) return next.handle();
    return next.handle().pipe(
      concatMap(async (value) => {
        pause.reached.resolve();
        await pause.released.promise;
        return value;
      }),
    );
  }
}

/** Makes the next write wait in the gap: the store was read, and is not written to yet. */
export function pauseNextWrite(store: Store): Pause {
  const set = store.set.bind(store);
  const reached = deferred();
  const released = deferred();
  store.set = (...args) => {
    store.set = set;
    reached.resolve();
    void released.promise.then(() => set(...args));
  };
  return { reached: reached.promise, release: released.resolve };
}
