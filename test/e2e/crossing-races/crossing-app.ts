import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { Session, SessionService, SessionUnavailableException } from 'nestjs-sesame';
import type { SessionModuleOptions, SessionStore, SessionSummary } from 'nestjs-sesame';
import { aroundRequests } from '../../support/applications/around-requests.js';
import { startApp } from '../../support/applications/nest-app.js';
import { Browser } from '../../support/browser.js';
import { actors, Gate } from '../races/schedule.js';
import type { Cap, Operation } from './plan.js';

/** An operation with the name that a change has, which is the only one of its name; or with a handle. */
export type ExactOperation = Operation & { readonly name?: string; readonly handle?: string };

/** A session as a handler sees it. */
export interface Sight {
  readonly id: string;
  readonly user?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What a handler answers. */
export interface Report {
  /** The session as it was loaded. */
  readonly before: Sight;
  /** The session after each operation; `null` once it was ended. */
  readonly after: readonly (Sight | null)[];
  /** What each operation returned. */
  readonly results: readonly unknown[];
}

@Controller()
class CrossingController {
  constructor(
    private readonly sessions: SessionService,
    @Inject(Gate) private readonly gate: Gate,
  ) {}

  @Post()
  @HttpCode(200)
  async run(
    @Session() session: Session,
    @Body() { operations }: { operations: ExactOperation[] },
  ): Promise<Report> {
    const before = this.look(session);
    const after: (Sight | null)[] = [];
    const results: unknown[] = [];
    for (const operation of operations) {
      results.push(await this.perform(operation));
      after.push(operation.type === 'logout' ? null : this.look(this.sessions.current));
      this.gate.schedule?.note();
    }
    return { before, after, results };
  }

  private async perform(operation: ExactOperation): Promise<unknown> {
    const { sessions } = this;
    const { type, name = '', handle = '' } = operation;
    switch (type) {
      case 'read':
        return undefined;
      case 'set':
        return Reflect.set(sessions.current, name, true);
      case 'update':
        return sessions.update((session) => Reflect.set(session, name, true));
      case 'login':
        now += 1;
        return sessions.login(operation.user);
      case 'confirm':
        return orRefused(sessions.confirm());
      case 'regenerate':
        return sessions.regenerate({ keep: 'all' });
      case 'logout':
        return sessions.logout();
      case 'revoke':
        return sessions.revoke('ada', handle);
      case 'revokeAll':
        return sessions.revokeAll('ada', { exceptCurrent: operation.exceptCurrent });
    }
  }

  private look(session: Session): Sight {
    const { cookie: _cookie, ...attributes } = { ...session };
    const { userId } = this.sessions;
    return { id: session.id, ...(userId !== undefined && { user: userId }), attributes };
  }
}

/** `confirm()` by somebody who is not signed in is a mistake, and not the library's. */
async function orRefused(work: Promise<void>): Promise<'refused' | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof SessionUnavailableException) return 'refused';
    throw error;
  }
}

/** The clock stands still, but each sign-in is at a moment of its own. */
let now = Date.now();

/** Sets the clock before a race, since stores go by a clock of their own. */
export function setClock(): void {
  now = Date.now();
}

export function passTime(milliseconds: number): void {
  now += milliseconds;
}

/** Which request of the race this is. */
const ACTOR = 'x-actor';

/** One instance of the application. */
export interface Instance {
  readonly origin: string;
  list(user: string): Promise<SessionSummary[]>;
}

export async function startCrossingApp(
  store: SessionStore,
  cap: Cap,
  gate: Gate,
): Promise<Instance> {
  const limit: Partial<SessionModuleOptions> =
    cap === 'none' ? {} : { limit: { max: 1, onExceed: cap } };
  const { app, origin } = await startApp(
    // Calls wait for their turn, not for the store.
    { store, clock: () => now, storeTimeout: '1m', ...limit },
    { controllers: [CrossingController], providers: [{ provide: Gate, useValue: gate }] },
    (nest) => {
      // A busy machine may be late to see that a connection has been closed which nobody used for 5 seconds.
      nest.getHttpServer().keepAliveTimeout = 60_000;
      aroundRequests(nest, (request, response, next) => {
        const { [ACTOR]: actor } = request.headers;
        if (actor === undefined) return next();
        const { schedule } = gate;
        return actors.run(Number(actor), () => {
          response.once('finish', () => schedule?.sent());
          void gate.pass('arrives', async () => next());
        });
      });
    },
  );
  const sessions = app.get(SessionService);
  return { origin, list: (user) => sessions.list(user) };
}

export interface Answer {
  readonly status: number;
  /** The reason in the body of an error. */
  readonly reason: unknown;
  /** True for the refusal of a sign-in that exceeds the cap. */
  readonly isFull: boolean;
  /** What the handler answered; `undefined` for an error. */
  readonly report: Report | undefined;
  /** The cookie that the response sets, `null` for one that is cleared, if there is any. */
  readonly cookie: string | null | undefined;
}

export async function send(
  { origin }: Instance,
  cookie: string | undefined,
  operations: readonly ExactOperation[],
  actor?: number,
): Promise<Answer> {
  const headers = {
    'content-type': 'application/json',
    ...(cookie !== undefined && { cookie }),
    ...(actor !== undefined && { [ACTOR]: String(actor) }),
  };
  const { status, body, setCookies } = await new Browser(origin).post(
    '/',
    { operations },
    { headers },
  );
  if (setCookies.length > 1) throw new Error(`several cookies: ${setCookies.join(' ')}`);
  const [pair] = setCookies[0]?.split(';') ?? [];
  const error: object = typeof body === 'object' && body !== null ? body : {};
  return {
    status,
    reason: Reflect.get(error, 'reason'),
    isFull: 'sessions' in error,
    report: isReport(body) ? body : undefined,
    cookie: pair === 'connect.sid=' ? null : pair,
  };
}

function isReport(body: unknown): body is Report {
  return typeof body === 'object' && body !== null && 'results' in body;
}
