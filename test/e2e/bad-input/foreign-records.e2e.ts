import { afterEach, expect, it } from '@jest/globals';
import { Controller, Get, Param } from '@nestjs/common';
import { sign } from 'cookie-signature';
import { MemoryStore } from 'express-session';
import * as fc from 'fast-check';
import { Session, SessionService } from 'nestjs-sesame';
import { closeApps, SECRET, startApp } from '../../support/applications/nest-app.js';
import { data } from '../../support/imitations.js';

afterEach(closeApps);

const OPERATIONS = {
  look: async (sessions: SessionService) => void sessions.current,
  set: async (sessions: SessionService) => void Reflect.set(sessions.current, 'mine', 1),
  login: (sessions: SessionService) => sessions.login('ada'),
  logout: (sessions: SessionService) => sessions.logout(),
  regenerate: (sessions: SessionService) => sessions.regenerate({ keep: 'all' }),
  save: (sessions: SessionService) => sessions.save(),
  reload: (sessions: SessionService) => sessions.reload(),
  touch: async (sessions: SessionService) => sessions.touch(),
  update: (sessions: SessionService) =>
    sessions.update((session) => Reflect.set(session, 'mine', 1)),
} as const;

type Operation = keyof typeof OPERATIONS;

@Controller()
class Routes {
  constructor(private readonly sessions: SessionService) {}

  @Get('do/:operation')
  async run(@Param('operation') operation: Operation): Promise<void> {
    await OPERATIONS[operation](this.sessions);
  }

  @Get('see')
  see(@Session() { cookie: _cookie, ...attributes }: Session): unknown {
    return { userId: this.sessions.userId ?? null, attributes };
  }
}

const ID = 'an-id-that-the-test-knows';
const cookie = `connect.sid=${encodeURIComponent(`s:${sign(ID, SECRET)}`)}`;

/** What only Sesame writes: whoever can write that into the store can sign in as anybody. */
const isMetadata = ([name, value]: readonly [string, unknown]): boolean =>
  name === '_sesame' && typeof value === 'object' && value !== null && 'seenAt' in value;

it('a record written by express-session works, whatever names it contains', async () => {
  const store = new MemoryStore();
  const { browser } = await startApp({ store, hashIds: false }, { controllers: [Routes] });
  const foreign = data.filter((entries) => !entries.some(isMetadata));
  const isRead = fc.boolean();
  const operation = fc.constantFrom(...Object.keys(OPERATIONS));
  await fc.assert(
    fc.asyncProperty(foreign, operation, isRead, async (entries, name, isReadFirst) => {
      const record = Object.fromEntries([['cookie', { originalMaxAge: null }], ...entries]);
      Reflect.set(Reflect.get(store, 'sessions'), ID, JSON.stringify(record));
      const visitor = browser();
      const headers = { cookie };
      const before = isReadFirst ? await visitor.get('/see', { headers }) : undefined;
      const { status } = await visitor.get(`/do/${name}`, { headers: { cookie } });
      const isRejected = entries.some(([one]) => one === '_sesame' || holdsProto([one, entries]));
      // A record that cannot be read opens an empty session, of which nothing is stored yet.
      expect(status).toBe(status === 500 && isRejected && name === 'reload' ? 500 : 200);
      expect(before?.status ?? 200).toBe(200);
      const after = await visitor.get('/see');
      expect(after.status).toBe(200);
      const userId: unknown = Reflect.get(Object(after.body), 'userId');
      expect(userId).toBe(name === 'login' ? 'ada' : null);
    }),
    { numRuns: 150 },
  );
});

function holdsProto(value: unknown): boolean {
  if (value === '__proto__') return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.keys(value).includes('__proto__') || Object.values(value).some(holdsProto);
}

it.each(['constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'id', 'req', 'save'])(
  'an attribute %j in a record written by express-session neither prevents a sign-in nor drops the other attributes',
  async (name) => {
    const store = new MemoryStore();
    const { browser } = await startApp({ store, hashIds: false }, { controllers: [Routes] });
    const record = { cookie: { originalMaxAge: null }, [name]: { a: 1 }, label: 'x' };
    Reflect.set(Reflect.get(store, 'sessions'), ID, JSON.stringify(record));
    const visitor = browser();
    expect((await visitor.get('/do/login', { headers: { cookie } })).status).toBe(200);
    const shown = name === 'prototype' ? { prototype: { a: 1 } } : {};
    expect((await visitor.get('/see')).body).toEqual({
      userId: 'ada',
      attributes: { ...shown, label: 'x' },
    });
  },
);
