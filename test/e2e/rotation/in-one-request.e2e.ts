import { promisify } from 'node:util';
import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import type { Request } from 'express';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  AuthenticatedGuard,
  MemorySessionStore,
  SealedCookieStore,
  Session,
  SessionService,
} from 'nestjs-sesame';
import { closeApps, startApp } from '../../support/applications/nest-app.js';

afterEach(closeApps);

/** What someone else does while a request is under way. */
let meanwhile: () => Promise<unknown>;

@Controller()
class InOneRequestController {
  constructor(private readonly sessions: SessionService) {}

  @Get('visit')
  visit(@Session() session: Session): void {
    session.count = 1;
  }

  @Get('sign-in-and-out')
  async signInAndOut(@Session() session: Session): Promise<void> {
    await this.sessions.login('ada');
    await meanwhile();
    session.label = 'noticed when this is saved';
    await this.sessions.save();
    await this.sessions.logout();
  }

  @Get('revoke-ada')
  revokeAda(): Promise<number> {
    return this.sessions.revokeAll('ada');
  }

  @Get('sign-in-and-revoke')
  async signInAndRevoke(): Promise<number> {
    await this.sessions.login('ada');
    return this.sessions.revokeAll('ada');
  }

  @Get('save-and-regenerate')
  async saveAndRegenerate(@Session() session: Session): Promise<string[]> {
    session.count = 1;
    await this.sessions.save();
    const former = session.id;
    await this.sessions.regenerate({ keep: 'all' });
    return [former, session.id];
  }

  @Get('save-and-replace')
  async saveAndReplace(@Req() request: Request): Promise<string[]> {
    const { session } = request;
    session.count = 1;
    await promisify(session.save.bind(session))();
    await promisify(session.regenerate.bind(session))();
    request.session.count = 1;
    return [session.id, request.session.id];
  }

  @Get('keep-elsewhere')
  keepElsewhere(@Session() session: Session): void {
    session.cookie.path = '/sub';
    session.count = 1;
  }

  @Get('sub/replace')
  async replace(@Req() request: Request): Promise<void> {
    const { session } = request;
    await promisify(session.regenerate.bind(session))();
  }

  @Get('id')
  id(@Session() session: Session): string {
    return session.id;
  }

  @Get('me')
  @UseGuards(AuthenticatedGuard)
  me(): string | undefined {
    return this.sessions.userId;
  }
}

const controllers = [InOneRequestController];

describe('what happens to a session within one request', () => {
  it('clears the cookie of a session that was revoked elsewhere before its own sign-out', async () => {
    const app = await startApp({ store: new MemorySessionStore() }, { controllers });
    const browser = app.browser();
    await browser.get('/visit');
    meanwhile = () => app.browser().get('/revoke-ada');
    const { status, setCookies } = await browser.get('/sign-in-and-out');
    expect(status).toBe(200);
    expect(setCookies).toEqual([
      expect.stringMatching(/^connect\.sid=;.* Expires=Thu, 01 Jan 1970/),
    ]);
  });

  it('tells a browser that signed in and ended all sessions that they were revoked', async () => {
    const app = await startApp({ store: new MemorySessionStore() }, { controllers });
    const browser = app.browser();
    expect((await browser.get('/sign-in-and-revoke')).body).toBe(1);
    expect((await browser.get('/me')).body).toMatchObject({ reason: 'revoked' });
  });

  it.each(['save-and-regenerate', 'save-and-replace'])(
    'sends a sealed cookie with the new id, even if nothing else has changed: %s',
    async (path) => {
      const store = new SealedCookieStore({ keys: ['the key that seals and opens, of the tests'] });
      const now = Date.now(); // stands still, so that the records are the same
      const app = await startApp({ store, clock: () => now }, { controllers });
      const browser = app.browser();
      const { body } = await browser.get(`/${path}`);
      const [former, id] = Array.isArray(body) ? body : [];
      expect(id).not.toBe(former);
      expect((await browser.get('/id')).text).toBe(id);
    },
  );

  it('clears the cookie under the path where the browser keeps it, when regenerate() starts an empty session', async () => {
    const app = await startApp({ store: new MemorySessionStore() }, { controllers });
    const browser = app.browser();
    expect((await browser.get('/keep-elsewhere')).setCookies.join()).toContain('; Path=/sub');
    const { setCookies } = await browser.get('/sub/replace');
    expect(setCookies).toEqual([expect.stringMatching(/^connect\.sid=; Max-Age=0; Path=\/sub;/)]);
  });
});
