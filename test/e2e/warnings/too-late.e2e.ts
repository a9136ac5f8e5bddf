import { afterEach, expect, it } from '@jest/globals';
import { Controller, Post, Res } from '@nestjs/common';
import { SealedCookieStore, SessionService } from 'nestjs-sesame';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import { rawResponse } from '../../support/applications/raw-exchange.js';
import type { PlatformResponse } from '../../support/applications/raw-exchange.js';
import { recordLogs } from '../../support/recorded-logs.js';
import { until } from '../../support/until.js';

afterEach(closeApps);

@Controller()
class LateController {
  constructor(private readonly sessions: SessionService) {}

  @Post('login')
  login(): Promise<void> {
    return this.sessions.login('ada');
  }

  @Post('after-the-response')
  afterwards(@Res({ passthrough: true }) reply: PlatformResponse): void {
    const response = rawResponse(reply);
    response.once('finish', () => void this.sessions.login('ada'));
  }

  @Post('in-a-stream')
  async meanwhile(@Res() reply: PlatformResponse): Promise<void> {
    const response = rawResponse(reply);
    response.write('head');
    await this.sessions.login('ada');
    response.end('tail');
  }

  @Post('logout')
  logout(): Promise<void> {
    return this.sessions.logout();
  }

  @Post('logout-in-a-stream')
  async leaving(@Res() reply: PlatformResponse): Promise<void> {
    const response = rawResponse(reply);
    response.write('head');
    await this.sessions.logout();
    response.end('tail');
  }

  @Post('saved')
  async saved(@Res() reply: PlatformResponse): Promise<void> {
    const response = rawResponse(reply);
    response.write('head');
    Object.assign(this.sessions.current, { label: 'late' });
    await this.sessions.save();
    response.end('tail');
  }
}

it.each(['after-the-response', 'in-a-stream'])(
  'the log says that the browser did not get the new id: %s',
  async (path) => {
    const browser = (await startApp({}, { controllers: [LateController] })).browser();
    const { logs, restore } = recordLogs();
    await browser.post('/login');
    expect(logs).toEqual([]);
    await browser.post(`/${path}`);
    await until(() => logs.length > 0);
    restore();
    expect(logs).toEqual([
      { level: 'warn', message: expect.stringContaining('its cookie could not be sent') },
    ]);
  },
);

it('the log says nothing about a late save under the id that the browser has', async () => {
  const browser = (await startApp({}, { controllers: [LateController] })).browser();
  const { logs, restore } = recordLogs();
  await browser.post('/login');
  await browser.post('/saved');
  restore();
  expect(logs).toEqual([]);
});

it('the log says that a sealed cookie lives on whose session was ended late, and no other', async () => {
  const store = new SealedCookieStore({ keys: ['a key of more than thirty-two characters'] });
  const sealed = await startApp({ store }, { controllers: [LateController] });
  const kept = await startApp({}, { controllers: [LateController] });
  const { logs, restore } = recordLogs();
  for (const app of [sealed, kept]) {
    const browser = app.browser();
    await browser.post('/login');
    await browser.post('/logout');
    await browser.post('/logout-in-a-stream');
    await browser.post('/login');
    if (app === kept) await browser.post('/logout-in-a-stream');
  }
  expect(logs).toEqual([]);
  const browser = sealed.browser();
  await browser.post('/login');
  await browser.post('/logout-in-a-stream');
  restore();
  expect(logs).toEqual([
    { level: 'error', message: expect.stringContaining('A change of a session was lost') },
  ]);
});
