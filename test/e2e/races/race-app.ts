import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { Session, SessionService, SessionUnavailableException } from 'nestjs-sesame';
import type { SessionStore } from 'nestjs-sesame';
import { aroundRequests } from '../../support/applications/around-requests.js';
import { startApp } from '../../support/applications/nest-app.js';
import type { TestApp } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import type { Operation } from './plan.js';
import { actors, Gate } from './schedule.js';

/** A session as a handler sees it. */
export interface Sight {
  readonly id: string;
  readonly user?: string;
  readonly attributes: Record<string, unknown>;
}

/** What a request answers. */
export interface Report {
  /** The session as it was loaded. */
  readonly before: Sight;
  /** The session after the last operation, before the response; `null` when it was ended. */
  readonly after: Sight | null;
  /** For each operation: the new count of an increment, whether one was refused, or nothing. */
  readonly results: readonly unknown[];
}

/** An operation and, for one that sets a key, a value that nobody else sets. */
export type ExactOperation = Operation & { readonly value?: string };

@Controller()
class RaceController {
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
    const results: unknown[] = [];
    for (const operation of operations) {
      results.push(await this.perform(operation));
      this.gate.schedule?.note();
    }
    const isEnded = operations.at(-1)?.type === 'logout';
    return { before, after: isEnded ? null : this.look(this.sessions.current), results };
  }

  private async perform(operation: ExactOperation): Promise<unknown> {
    const { sessions } = this;
    switch (operation.type) {
      case 'set':
        return Reflect.set(sessions.current, operation.key, operation.value);
      case 'delete':
        return Reflect.deleteProperty(sessions.current, operation.key);
      case 'touch':
        return sessions.touch();
      case 'increment':
        return sessions.update((session) => {
          const count = Number(Reflect.get(session, 'count') ?? 0) + 1;
          Reflect.set(session, 'count', count);
          return count;
        });
      case 'login': {
        const { user, keep } = operation;
        now += 1;
        return sessions.login(user, keep === undefined ? {} : { keep });
      }
      case 'regenerate':
        return sessions.regenerate({ keep: operation.keep });
      case 'replace':
        return replace(sessions.current);
      case 'save':
        return sessions.save();
      case 'logout':
        return sessions.logout();
      case 'revoke':
        return sessions.revokeAll(operation.user);
      case 'confirm':
        return orRefused(sessions.confirm());
      case 'reload':
        return orRefused(sessions.reload());
    }
  }

  private look(session: Session): Sight {
    const { cookie: _cookie, ...attributes } = { ...session };
    const { userId } = this.sessions;
    return { id: session.id, ...(userId !== undefined && { user: userId }), attributes };
  }
}

/** express-session's own way to get a new session. */
function replace(session: Session): Promise<void> {
  return new Promise((resolve, reject) => {
    session.regenerate((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

async function orRefused(work: Promise<void>): Promise<'refused' | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof SessionUnavailableException) return 'refused';
    throw error;
  }
}

/**
 * The clock stands still, so that records differ by what is in them and by nothing else; but each
 * sign-in begins a session at a moment of its own.
 */
let now = Date.now();

/** Sets it again before a race, since stores go by a clock of their own. */
export function setClock(): void {
  now = Date.now();
}

/** Which request of the race this is. */
const ACTOR = 'x-actor';

export function startRaceApp(store: SessionStore, gate: Gate): Promise<TestApp> {
  // Calls wait for their turn, not for the store.
  return startApp(
    { store, clock: () => now, storeTimeout: '1m' },
    { controllers: [RaceController], providers: [{ provide: Gate, useValue: gate }] },
    (app) => {
      // A busy machine may be late to see that a connection has been closed which nobody used for 5 seconds.
      app.getHttpServer().keepAliveTimeout = 60_000;
      aroundRequests(app, (request, response, next) => {
        const { [ACTOR]: actor } = request.headers;
        if (actor === undefined) return next();
        const { schedule } = gate;
        return actors.run(Number(actor), () => {
          response.once('finish', () => schedule?.sent());
          next();
        });
      });
    },
  );
}

/** The answer to a request of the race. */
export interface RaceAnswer {
  /** What the handler answered; `undefined` if it was refused, since the session has another id. */
  readonly report: Report | undefined;
  /** The cookie that the response sets, `null` for one that is cleared, if there is any. */
  readonly cookie: string | null | undefined;
}

export async function send(
  browser: Browser,
  cookie: string | undefined,
  operations: readonly ExactOperation[],
  actor?: number,
): Promise<RaceAnswer> {
  const headers = {
    'content-type': 'application/json',
    ...(cookie !== undefined && { cookie }),
    ...(actor !== undefined && { [ACTOR]: String(actor) }),
  };
  const { status, text, body, setCookies } = await browser.post('/', { operations }, { headers });
  const report = isReport(body) ? body : undefined;
  if (status === 200 ? report === undefined : !isRotated(status, body)) {
    throw new Error(`${status} ${text}`);
  }
  if (setCookies.length > 1) throw new Error(`several cookies: ${setCookies.join(' ')}`);
  const [pair] = setCookies[0]?.split(';') ?? [];
  return { report, cookie: pair === 'connect.sid=' ? null : pair };
}

/** The session that a cookie leads to. */
export async function look(browser: Browser, cookie: string): Promise<Sight> {
  const { report } = await send(browser, cookie, []);
  if (report === undefined) throw new Error('a look at a session was refused');
  return report.before;
}

function isRotated(status: number, body: unknown): boolean {
  const isError = typeof body === 'object' && body !== null;
  return status === 409 && isError && Reflect.get(body, 'reason') === 'rotated';
}

function isReport(body: unknown): body is Report {
  return typeof body === 'object' && body !== null && 'results' in body;
}
