import '../../support/session-data.js';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { Session, SessionService } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { startApp } from '../../support/applications/nest-app.js';
import type { TestApp } from '../../support/applications/nest-app.js';
import type { Answer, Browser } from '../../support/browser.js';
import { deferred } from '../../support/deferred.js';
import type { Deferred } from '../../support/deferred.js';

/** Tells when handlers have done their part, so that what is left is Sesame's. */
export class Arrivals {
  private next: Deferred = deferred();

  note(): void {
    this.next.resolve();
  }

  /** Resolves when the next handler notes that it is there. */
  following(): Promise<void> {
    this.next = deferred();
    return this.next.promise;
  }
}

/** What an application may do to its session object that cannot be stored. */
const SPOIL: Readonly<Record<string, (session: object) => void>> = {
  bigint: (session) => void Reflect.set(session, 'big', 1n),
  getter: (session) => {
    const get = (): never => {
      throw new Error('it cannot be read');
    };
    Object.defineProperty(session, 'unreadable', { enumerable: true, configurable: true, get });
  },
};

@Controller()
class BusyController {
  /** How often each update() closure ran, by the name that its request gave. */
  private readonly runs: string[] = [];

  constructor(
    private readonly sessions: SessionService,
    @Inject(Arrivals) private readonly arrivals: Arrivals,
  ) {}

  @Get('all')
  all(@Session() session: Session): object {
    this.arrivals.note();
    const { cookie: _cookie, ...attributes } = { ...session };
    return attributes;
  }

  @Get('runs')
  ran(): string[] {
    return this.runs;
  }

  @Get('touch')
  touch(): void {
    this.sessions.touch();
    this.arrivals.note();
  }

  @Get('read')
  read(): void {
    this.arrivals.note();
  }

  @Post('set/:key')
  @HttpCode(200)
  set(@Session() session: Session, @Param('key') key: string, @Body() body: object): string {
    Reflect.set(session, key, Reflect.get(body, 'value') ?? key);
    this.arrivals.note();
    return key;
  }

  @Post('bigint')
  @HttpCode(200)
  bigint(@Session() session: Session): void {
    Reflect.set(session, 'big', 1n);
    this.arrivals.note();
  }

  @Post('bigint-update')
  @HttpCode(200)
  async bigintUpdate(): Promise<void> {
    const updated = this.sessions.update((session) => {
      Reflect.set(session, 'big', 1n);
    });
    this.arrivals.note();
    await updated;
  }

  @Post('update/:key')
  @HttpCode(200)
  async update(@Param('key') key: string, @Body() body: object = {}): Promise<string> {
    const updated = this.sessions.update((session) => {
      this.runs.push(key);
      Reflect.set(session, key, Reflect.get(body, 'value') ?? key);
    });
    this.arrivals.note();
    await updated;
    return key;
  }

  /** Makes its session unstorable while its changes are being stored. */
  @Post('spoil/:how')
  @HttpCode(200)
  async spoil(@Param('how') how: string): Promise<void> {
    const updated = this.sessions.update((session) => {
      Reflect.set(session, how, 'half way');
      queueMicrotask(() => SPOIL[how]?.(session));
    });
    this.arrivals.note();
    await updated;
  }

  @Post('increment')
  @HttpCode(200)
  async increment(): Promise<number> {
    const updated = this.sessions.update((session) => {
      session.count = (session.count ?? 0) + 1;
      return session.count;
    });
    this.arrivals.note();
    return updated;
  }

  @Post('increment-and-login')
  @HttpCode(200)
  async incrementAndLogin(): Promise<void> {
    await this.increment();
    await this.sessions.login('ada');
  }

  /** Has its session in order before it throws. */
  @Post('throw/:key')
  @HttpCode(200)
  async throw(@Session() session: Session, @Param('key') key: string): Promise<object> {
    Reflect.set(session, `${key}Before`, 'kept');
    const updated = this.sessions.update((current) => {
      this.runs.push(key);
      Reflect.set(current, key, 'half way');
      current.count = (current.count ?? 0) + 1;
      throw new Error('half way');
    });
    this.arrivals.note();
    const error: unknown = await updated.catch((thrown: unknown) => thrown);
    return { error: error instanceof Error ? error.message : null, seen: this.all(session) };
  }

  @Post('logout')
  @HttpCode(200)
  async logout(): Promise<void> {
    const done = this.sessions.logout();
    this.arrivals.note();
    await done;
  }

  @Post('unset')
  @HttpCode(200)
  unset(@Req() request: { session: unknown }): void {
    request.session = null;
    this.arrivals.note();
  }

  @Post('login')
  @HttpCode(200)
  async login(): Promise<void> {
    const done = this.sessions.login('ada');
    this.arrivals.note();
    await done;
  }

  @Post('confirm')
  @HttpCode(200)
  async confirm(): Promise<void> {
    const done = this.sessions.confirm();
    this.arrivals.note();
    await done;
  }

  @Post('regenerate')
  @HttpCode(200)
  async regenerate(): Promise<void> {
    const done = this.sessions.regenerate({ keep: 'all' });
    this.arrivals.note();
    await done;
  }
}

/** A request that has reached the point where it waits for the store, or for those before it. */
export interface Waiting {
  readonly answer: Promise<Answer>;
}

export interface BusyApp extends TestApp {
  /** The paths of the responses that have left, in order. */
  readonly answered: readonly string[];
  /** Resolves when the next handler is done with its session, and nothing moves by itself. */
  following(): Promise<void>;
  /** Sends a request, and resolves when its handler is done with its session. */
  send(browser: Browser, path: string, value?: unknown, init?: RequestInit): Promise<Waiting>;
}

export async function startBusyApp(options: Partial<SessionModuleOptions>): Promise<BusyApp> {
  const arrivals = new Arrivals();
  const providers = [{ provide: Arrivals, useValue: arrivals }];
  const answered: string[] = [];
  const metadata = { controllers: [BusyController], providers };
  const app = await startApp(options, metadata, (nest) => {
    nest.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
      const { pathname } = new URL(request.url ?? '', 'http://localhost');
      response.once('finish', () => answered.push(pathname));
      next();
    });
  });
  const following = (): Promise<void> => arrivals.following().then(idle);
  return {
    ...app,
    answered,
    following,
    send: async (browser, path, value, init = {}) => {
      const arrived = following();
      const isGet = ['/all', '/touch', '/read'].includes(path);
      const answer = isGet ? browser.get(path, init) : browser.post(path, { value }, init);
      answer.catch(() => undefined); // whoever asked looks at it later
      await arrived;
      return { answer };
    },
  };
}

/** Lets everything run that does not wait for something outside. */
export async function idle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** The statuses of requests, in the order in which they were sent. */
export async function statusesOf(waiting: readonly Waiting[]): Promise<number[]> {
  return Promise.all(waiting.map(async ({ answer }) => (await answer).status));
}
