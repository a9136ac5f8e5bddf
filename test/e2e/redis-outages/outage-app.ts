import '../../support/session-data.js';
import { Controller, Get, Post } from '@nestjs/common';
import { Session } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import type { RedisSessionStoreOptions } from 'nestjs-sesame/redis';
import { startApp } from '../../support/applications/nest-app.js';
import type { Answer, Browser } from '../../support/browser.js';

/** The default of the library. */
export const STORE_TIMEOUT = 1_000;

@Controller()
class VisitController {
  @Post('visit')
  visit(@Session() session: Session): number {
    session.count = (session.count ?? 0) + 1;
    return session.count;
  }

  @Get('look')
  look(@Session() session: Session): object {
    return { count: session.count };
  }

  /** Left out of the session lifecycle. */
  @Get('health')
  health(): string {
    return 'well';
  }
}

/**
 * A real application on Redis, with one route that sessions do not cover. Each test of an outage
 * shows as well that no rejected promise goes unheard: jest would fail it. (A listener of its own
 * for that would hear nothing.)
 */
export async function startVisits(
  target: RedisSessionStoreOptions,
  options: Partial<SessionModuleOptions> = {},
): Promise<{ browser(): Browser }> {
  const store = new RedisSessionStore(target);
  const given = { store, exclude: ['health'], storeTimeout: STORE_TIMEOUT, ...options };
  return startApp(given, { controllers: [VisitController] });
}

export interface Timed extends Answer {
  readonly milliseconds: number;
}

export async function timed(asking: Promise<Answer>): Promise<Timed> {
  const start = performance.now();
  const answer = await asking;
  return { ...answer, milliseconds: performance.now() - start };
}

/** True for a response during an outage: 503, and when to retry. */
export function isRefusal({ status, headers, body }: Answer): boolean {
  return (
    status === 503 &&
    headers.get('retry-after') === '1' &&
    Reflect.get(Object(body), 'message') ===
      'Sessions are unavailable at the moment. Try again shortly.'
  );
}

/** Asks until the answer is good, and returns how long that took. */
export async function recovery(ask: () => Promise<Answer>, deadline: number): Promise<number> {
  const start = performance.now();
  for (;;) {
    const { status } = await ask();
    const passed = performance.now() - start;
    if (status < 300) return passed;
    if (passed > deadline) throw new Error(`still ${status} after ${deadline} ms`);
  }
}
