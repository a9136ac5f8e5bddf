import { All, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { MemorySessionStore, SessionService, UserId } from 'nestjs-sesame';
import type { SessionOptions } from 'nestjs-sesame';
import type { TrustProxy } from '../../support/applications/http-platform.js';
import { startServer } from '../../support/applications/http-server.js';
import { startApp } from '../../support/applications/nest-app.js';
import type { Configure } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';

@Controller()
export class ShopController {
  constructor(private readonly sessions: SessionService) {}

  @Get('count')
  read(): string {
    return String(Reflect.get(this.sessions.current, 'count') ?? 0);
  }

  @Post('count')
  @HttpCode(200)
  add(): string {
    return countIn(this.sessions.current);
  }

  @All('login/:user')
  @HttpCode(200)
  async login(@Param('user') user: string): Promise<void> {
    await this.sessions.login(user);
  }

  @Get('me')
  me(@UserId() user?: string): string {
    return user ?? 'nobody';
  }
}

function countIn(session: object): string {
  const count = Number(Reflect.get(session, 'count') ?? 0) + 1;
  Reflect.set(session, 'count', count);
  return String(count);
}

/** Counts how often a session is looked up. */
export class CountedStore extends MemorySessionStore {
  reads = 0;

  override read(key: string): ReturnType<MemorySessionStore['read']> {
    this.reads += 1;
    return super.read(key);
  }
}

export interface Shop {
  readonly origin: string;
  browser(): Browser;
}

export type StartShop = (
  options: Partial<SessionOptions>,
  configure?: Configure,
  trustProxy?: TrustProxy,
) => Promise<Shop>;

/** Counts in its session, and answers the count. */
export const startPlainShop: StartShop = (options) =>
  startServer(options, ({ method, session }, response) =>
    response.end(method === 'GET' ? String(session['count'] ?? 0) : countIn(session)),
  );

/** The same in Nest, where it also signs in. */
export const startShop: StartShop = (options, configure, trustProxy) =>
  startApp(options, { controllers: [ShopController] }, configure, trustProxy);

/** A browser that has counted once, and so has a session. */
export async function visitorOf(shop: Shop): Promise<Browser> {
  const browser = shop.browser();
  await browser.post('/count');
  return browser;
}
