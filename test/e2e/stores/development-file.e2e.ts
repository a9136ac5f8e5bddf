import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSessionMiddleware, DevelopmentSessionStore } from 'nestjs-sesame';
import { recordLogs } from '../../support/recorded-logs.js';
import { removeScratchFolders, scratchFolder } from '../../support/scratch-folder.js';

const HOUR = 3_600_000;

let file = '';
let now = 0;

beforeEach(() => {
  file = join(scratchFolder(), 'sessions.json');
  now = Date.now();
});
afterEach(removeScratchFolders);

const open = (): DevelopmentSessionStore => new DevelopmentSessionStore({ file, clock: () => now });

const adviceOf = (store: DevelopmentSessionStore): string[] => {
  const advice: string[] = [];
  store.advise((one) => advice.push(one));
  return advice;
};

const record = (payload: string, lifetime = HOUR) => ({ payload, expiresAt: now + lifetime });

describe('the development file', () => {
  it('contains every answered change, and the next process reads it', async () => {
    const store = open();
    await store.create('one', record('1'));
    await store.users.add('ada', { key: 'one', expiresAt: now + HOUR });
    await store.create('short', record('2', 10));
    await store.create('ended', record('3'));
    await store.remove('ended');
    now += 10;
    const next = open();
    expect(next.secret).toBe(store.secret);
    expect(await next.read('one')).toMatchObject({ payload: '1' });
    expect(await next.read('short')).toBeUndefined();
    expect(await next.read('ended')).toBeUndefined();
    expect(await next.users.list('ada')).toEqual(['one']);
    expect(adviceOf(next)).toEqual([]);
  });

  it('contains all simultaneous changes, is readable by its owner alone, and leaves nothing beside it', async () => {
    const store = open();
    await Promise.all(Array.from({ length: 50 }, (_, n) => store.create(`${n}`, record('x'))));
    for (let n = 0; n < 50; n += 1) expect(await open().read(`${n}`)).toBeDefined();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(file, '..'))).toEqual(['sessions.json']);
  });

  it('is not written when nothing has changed', async () => {
    const store = open();
    await store.read('none');
    await store.remove('none');
    await store.users.remove('ada', 'none');
    await store.users.update('ada', { key: 'none', expiresAt: now + HOUR });
    expect(await store.replace('none', 1, record('x'))).toBe('gone');
    await store.close();
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['broken', '{"format":"sessions of nestjs-sesame, 1","secret":"x","records":[["a'],
    ['something else', '{"name":"shop","dependencies":{}}'],
    ['no JSON', 'hello'],
    ['of another version', '{"format":"sessions of nestjs-sesame, 9","secret":"x"}'],
    [
      'of another shape',
      '{"format":"sessions of nestjs-sesame, 1","secret":"x","records":[[1]],"entries":[]}',
    ],
  ])('is set aside, and the log says where, if it is %s', async (_what, text) => {
    writeFileSync(file, text);
    const store = open();
    const [advice = '', ...more] = adviceOf(store);
    expect(more).toEqual([]);
    const [, aside = ''] = /it is now (.*\.aside),/.exec(advice) ?? [];
    expect(readFileSync(aside, 'utf8')).toBe(text);
    await store.create('one', record('1'));
    expect(await open().read('one')).toBeDefined();
    expect(readFileSync(aside, 'utf8')).toBe(text);
  });

  it('leaves the sessions in memory, and says so, if it cannot be used', async () => {
    mkdirSync(file);
    const store = open();
    await store.create('one', record('1'));
    expect(await store.read('one')).toBeDefined();
    expect(adviceOf(store)).toEqual([expect.stringMatching(/cannot be used.*EISDIR/)]);
  });

  it('leaves the sessions in memory, and says so, if it cannot be written', async () => {
    const store = open();
    const advice = adviceOf(store);
    await store.create('one', record('1'));
    mkdirSync(`${file}.new/in-the-way`, { recursive: true });
    await store.create('two', record('2'));
    expect(await store.read('two')).toBeDefined();
    expect(advice).toEqual([expect.stringMatching(/cannot be written/)]);
  });

  it('is created again after its folder was removed, as by a new installation', async () => {
    file = join(scratchFolder(), 'cache/sessions/sessions.json');
    const store = open();
    await store.create('one', record('1'));
    rmSync(dirname(dirname(file)), { recursive: true });
    await store.create('two', record('2'));
    expect(adviceOf(store)).toEqual([]);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    for (const key of ['one', 'two']) expect(await open().read(key)).toBeDefined();
  });

  it('causes a warning when two processes write to it', async () => {
    const [one, other] = [open(), open()];
    const [ofOne, ofOther] = [adviceOf(one), adviceOf(other)];
    await one.create('one', record('1'));
    expect(ofOne).toEqual([]);
    await other.create('other', record('2'));
    expect(ofOther).toEqual([
      expect.stringContaining('Another process also writes its sessions to'),
    ]);
    await one.create('one more', record('3'));
    expect(ofOne).toHaveLength(1);
  });
});

describe('in production', () => {
  const environment = process.env['NODE_ENV'];

  beforeEach(() => {
    process.env['NODE_ENV'] = 'production';
  });
  afterEach(() => {
    process.env['NODE_ENV'] = environment;
  });

  it('the development store causes a warning at boot, and provides no secret', () => {
    const store = open();
    expect(() => createSessionMiddleware({ secret: store.secret, store })).toThrow(
      'secret: is missing (is the environment variable set?)',
    );
    const { logs, restore } = recordLogs();
    createSessionMiddleware({ secret: 'x'.repeat(32), store });
    restore();
    expect(logs).toEqual([
      {
        level: 'warn',
        message: expect.stringContaining('Sessions are kept by DevelopmentSession'),
      },
    ]);
  });
});
