import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Param, Post, Res } from '@nestjs/common';
import { SealedCookieStore, SessionService } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import { rawResponse } from '../../support/applications/raw-exchange.js';
import type { PlatformResponse } from '../../support/applications/raw-exchange.js';
import type { Browser } from '../../support/browser.js';
import { recordLogs } from '../../support/recorded-logs.js';
import type { Said } from '../../support/recorded-logs.js';
import { until } from '../../support/until.js';
import '../../support/session-data.js';

afterEach(closeApps);

let isDone = false;

@Controller()
class LateController {
  private readonly changes = new Map<string, () => unknown>([
    ['set', () => (this.sessions.current.label = 'late')],
    ['update', () => this.sessions.update((session) => (session.label = 'late'))],
    ['login', () => this.sessions.login('ada')],
    ['confirm', () => this.sessions.confirm()],
    ['regenerate', () => this.sessions.regenerate()],
    ['logout', () => this.sessions.logout()],
  ]);

  constructor(private readonly sessions: SessionService) {}

  @Post('login')
  login(): Promise<void> {
    return this.sessions.login('ada');
  }

  @Get('me')
  me(): object {
    const { current, userId } = this.sessions;
    return { userId, label: current.label };
  }

  @Post('stream/:what')
  async inStream(@Res() reply: PlatformResponse, @Param('what') what: string): Promise<void> {
    const response = rawResponse(reply);
    response.write('head');
    await this.changes.get(what)?.();
    response.end('tail');
    response.once('close', () => (isDone = true));
  }

  @Post('after/:what')
  after(@Res({ passthrough: true }) reply: PlatformResponse, @Param('what') what: string): void {
    const response = rawResponse(reply);
    response.once('finish', () => {
      void Promise.resolve(this.changes.get(what)?.()).then(() => (isDone = true));
    });
  }
}

const SIGNED_OUT = {};
const UNCHANGED = { userId: 'ada' };
const STORED = { userId: 'ada', label: 'late' };

/** What the browser sees after a late change, and what the log said of it. */
async function late(
  path: string,
  options: Partial<SessionModuleOptions> = {},
): Promise<[unknown, string[]]> {
  let now = Date.now();
  const app = await startApp({ clock: () => now, ...options }, { controllers: [LateController] });
  const browser: Browser = app.browser();
  await browser.post('/login');
  const { logs, restore } = recordLogs();
  isDone = false;
  await browser.post(path);
  await until(() => isDone);
  restore();
  now += 11_000; // rotationGrace is over
  return [(await browser.get('/me')).body, logs.map(({ level }: Said) => level)];
}

describe.each(['stream', 'after'])('a change that comes too late, %s', (when) => {
  it('an attribute', async () => {
    expect(await late(`/${when}/set`)).toEqual([when === 'stream' ? STORED : UNCHANGED, []]);
  });

  it('update()', async () => {
    expect(await late(`/${when}/update`)).toEqual([STORED, []]);
  });

  it.each(['login', 'confirm', 'regenerate'])('%s()', async (what) => {
    expect(await late(`/${when}/${what}`)).toEqual([SIGNED_OUT, ['warn']]);
  });

  it('logout()', async () => {
    expect(await late(`/${when}/logout`)).toEqual([SIGNED_OUT, []]);
  });

  it('changes of a sealed cookie', async () => {
    const store = new SealedCookieStore({ keys: ['the key that seals and opens, of the tests'] });
    const toldOfSet = when === 'stream' ? ['error'] : [];
    expect(await late(`/${when}/set`, { store })).toEqual([UNCHANGED, toldOfSet]);
    expect(await late(`/${when}/update`, { store })).toEqual([UNCHANGED, ['error']]);
  });
});
