import '../../support/session-data.js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Post, Req, ValidationPipe } from '@nestjs/common';
import { IsArray, IsString } from 'class-validator';
import type { Request } from 'express';
import { Session, SessionId, SessionService, UserId } from 'nestjs-sesame';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import type { TestApp } from '../../support/applications/nest-app.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

afterEach(closeApps);

/** A class with rules of its own, as a global ValidationPipe looks for them. */
class Basket {
  @IsArray()
  @IsString({ each: true })
  goods: string[] = [];
}

declare module 'express-session' {
  interface SessionData {
    decoratorsBasket?: Basket;
  }
}

@Controller()
class DecoratorsController {
  constructor(private readonly sessions: SessionService) {}

  @Post('write')
  write(@Session() session: Session, @Body() body: { label: string }): void {
    session.label = body.label;
  }

  @Post('begin')
  begin(@Session() session: Session): void {
    session.items = ['tea'];
    session.decoratorsBasket = { goods: ['tea'] };
  }

  @Post('item')
  item(@Session('items') items: string[] | undefined): void {
    items?.push('milk');
  }

  @Post('good')
  good(@Session('decoratorsBasket') basket: Basket): void {
    basket.goods.push('milk');
  }

  @Get('all')
  all(@Session() session: Session): object {
    return { ...session };
  }

  @Get('attributes')
  attributes(
    @Session('label') label: string | undefined,
    @Session('items') items: string[] | undefined,
    @Session('count') count: number | undefined,
    @Session('cookie') cookie: Session['cookie'],
  ): object {
    return { label, items, count, path: cookie.path };
  }

  @Get('same')
  same(
    @Req() request: Request,
    @Session() session: Session,
    @Session() again: Session,
    @SessionId() id: string,
  ): boolean[] {
    return [
      session === request.session,
      session === again,
      session === this.sessions.current,
      id === session.id,
      id === request.sessionID,
    ];
  }

  @Get('id')
  id(@SessionId() id: string): string {
    return id;
  }

  @Get('user')
  user(@UserId() userId: string | undefined): object {
    return { userId, type: typeof userId };
  }

  @Post('login')
  async login(@Session() session: Session, @SessionId() before: string): Promise<boolean[]> {
    session.label = 'before login';
    await this.sessions.login('ada');
    session.items = ['after login'];
    return [
      session === this.sessions.current,
      session.id !== before,
      session.id === this.sessions.current.id,
      session.label === 'before login',
    ];
  }

  @Post('login-other')
  async loginOther(@Session() session: Session): Promise<object> {
    await this.sessions.login('grace');
    session.count = 7;
    return { ...session };
  }

  @Post('logout')
  async logout(): Promise<void> {
    await this.sessions.logout();
  }

  @Post('ended')
  async ended(@Session() session: Session): Promise<object> {
    await this.sessions.logout();
    return { ...session };
  }
}

const start = (store = new ScriptedStore()): Promise<TestApp> =>
  startApp({ store }, { controllers: [DecoratorsController] });

const startStrict = (): Promise<TestApp> =>
  startApp({}, { controllers: [DecoratorsController] }, (app) => {
    app.useGlobalPipes(
      new ValidationPipe({ transform: true, validateCustomDecorators: true, whitelist: true }),
    );
  });

describe.each([
  ['without pipes', start],
  ['behind a global ValidationPipe that validates custom decorators', startStrict],
])('@Session() %s', (_name, startWith) => {
  it('is the session of the request, and a write to it is stored', async () => {
    const browser = (await startWith()).browser();
    expect((await browser.post('/write', { label: 'written' })).status).toBe(201);
    expect((await browser.get('/all')).body).toMatchObject({ label: 'written' });
  });

  it('is the very object that everything else gets', async () => {
    const browser = (await startWith()).browser();
    expect((await browser.get('/same')).body).toEqual([true, true, true, true, true]);
    await browser.post('/write', { label: 'written' });
    expect((await browser.get('/same')).body).toEqual([true, true, true, true, true]);
  });

  it("injects one attribute by its name, undefined when it isn't there", async () => {
    const browser = (await startWith()).browser();
    expect((await browser.get('/attributes')).body).toEqual({ path: '/' });
    await browser.post('/begin');
    expect((await browser.get('/attributes')).body).toEqual({ items: ['tea'], path: '/' });
  });

  it('stores what was written into an attribute', async () => {
    const browser = (await startWith()).browser();
    await browser.post('/begin');
    await browser.post('/item');
    expect((await browser.get('/all')).body).toMatchObject({ items: ['tea', 'milk'] });
  });

  it('stores what was written into an attribute whose class has rules', async () => {
    const browser = (await startWith()).browser();
    await browser.post('/begin');
    await browser.post('/good');
    expect((await browser.get('/all')).body).toMatchObject({
      decoratorsBasket: { goods: ['tea', 'milk'] },
    });
  });

  it('taken before login() is the live session after it', async () => {
    const browser = (await startWith()).browser();
    await browser.post('/write', { label: 'first' });
    const before = browser.cookie();
    expect((await browser.post('/login')).body).toEqual([true, true, true, true]);
    expect(browser.cookie()).not.toBe(before);
    expect((await browser.get('/all')).body).toMatchObject({
      label: 'before login',
      items: ['after login'],
    });
  });

  it("taken before another user's login() is their session after it, and empty", async () => {
    const browser = (await startWith()).browser();
    await browser.post('/login');
    const { body } = await browser.post('/login-other');
    expect(body).toMatchObject({ count: 7 });
    expect(body).not.toHaveProperty('label');
    const after = (await browser.get('/all')).body;
    expect(after).toMatchObject({ count: 7 });
    expect(after).not.toHaveProperty('items');
    expect((await browser.get('/user')).body).toEqual({ userId: 'grace', type: 'string' });
  });

  it('taken before logout() stores nothing any more', async () => {
    const browser = (await startWith()).browser();
    await browser.post('/login');
    expect((await browser.post('/ended')).status).toBe(201);
    expect(browser.cookie()).toBeUndefined();
    expect((await browser.get('/user')).body).toEqual({ type: 'undefined' });
  });
});

describe('@SessionId()', () => {
  it('stays the same from request to request, and changes at login and logout', async () => {
    const browser = (await start()).browser();
    await browser.post('/write', { label: 'written' });
    const first = (await browser.get('/id')).text;
    expect((await browser.get('/id')).text).toBe(first);
    expect(decodeURIComponent(browser.cookie() ?? '')).toContain(`s:${first}.`);
    await browser.post('/login');
    const second = (await browser.get('/id')).text;
    expect(second).not.toBe(first);
    await browser.post('/logout');
    expect([first, second]).not.toContain((await browser.get('/id')).text);
  });

  it('creates no session for a request that asks for nothing else', async () => {
    const store = new ScriptedStore();
    const browser = (await start(store)).browser();
    const { text, setCookies } = await browser.get('/id');
    expect(text).toMatch(/^[\w-]{32}$/);
    expect(setCookies).toEqual([]);
    expect(store.calls).toEqual([]);
  });
});

describe('@UserId()', () => {
  it('is the id of the signed-in user, and undefined when nobody is signed in', async () => {
    const browser = (await start()).browser();
    expect((await browser.get('/user')).body).toEqual({ type: 'undefined' });
    await browser.post('/write', { label: 'anonymous' });
    expect((await browser.get('/user')).body).toEqual({ type: 'undefined' });
    await browser.post('/login');
    expect((await browser.get('/user')).body).toEqual({ userId: 'ada', type: 'string' });
    await browser.post('/logout');
    expect((await browser.get('/user')).body).toEqual({ type: 'undefined' });
  });

  it('costs nothing: it reads the session, and writes nothing', async () => {
    const store = new ScriptedStore();
    const browser = (await start(store)).browser();
    await browser.post('/login');
    store.calls.length = 0;
    await browser.get('/user');
    expect(store.calls).toEqual(['read']);
  });
});
