import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSessionMiddleware, SealedCookieStore } from 'nestjs-sesame';
import type { SessionOptions } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import type { Handler } from '../../support/applications/http-server.js';
import { SECRET } from '../../support/applications/nest-app.js';
import { recordLogs } from '../../support/recorded-logs.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

let recorded: ReturnType<typeof recordLogs>;

beforeEach(() => {
  recorded = recordLogs();
});

afterEach(async () => {
  recorded.restore();
  await closeServers();
});

/** What a client sends that wants to forge a log line of its own, and to fill the disk. */
const FORGERY = `x\n[Nest] LOG signed in as admin${'x'.repeat(10_000)}`;
const SHOWN = 'x\\u{a}[Nest] LOG signed in as admin';

class WordyStore extends ScriptedStore {
  override async create(): Promise<never> {
    throw new Error(FORGERY, { cause: new Error(FORGERY) });
  }
}

/** What is answered and what is logged where this goes wrong. */
async function said(options: Partial<SessionOptions>, handler: Handler): Promise<string[]> {
  const server = await startServer(options, handler);
  const { text, status } = await server.browser().get('/');
  expect(status).toBe(500 + (options.store instanceof WordyStore ? 3 : 0));
  return [text, ...recorded.logs.map(({ message }) => message)];
}

/** The message of the error that this throws. */
function thrownBy(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('nothing was thrown');
}

describe('text from others, in an error or a log,', () => {
  it.each<[string, Partial<SessionOptions>, Handler]>([
    [
      "an attribute's name",
      {},
      (request, response) => {
        request.session[FORGERY] = 5n;
        response.end();
      },
    ],
    [
      'a name inside an attribute',
      {},
      (request, response) => {
        request.session['form'] = { [FORGERY]: () => 1 };
        response.end();
      },
    ],
    [
      'the largest attribute of a sealed cookie',
      { store: new SealedCookieStore({ keys: [SECRET] }) },
      (request, response) => {
        request.session[FORGERY] = 'x'.repeat(5_000);
        response.end();
      },
    ],
    [
      'what a store says of its failure',
      { store: new WordyStore() },
      (request, response) => {
        request.session['name'] = 'ada';
        response.end();
      },
    ],
    [
      'what a cookie function throws',
      {
        cookie: () => {
          throw new Error(FORGERY);
        },
      },
      () => undefined,
    ],
    [
      'an attribute that a cookie function makes up',
      { cookie: () => ({ path: '/', [FORGERY]: true }) },
      () => undefined,
    ],
  ])('is short and on one line: %s', async (what, options, handler) => {
    const texts = await said(options, handler);
    const ownTexts = what === 'what a cookie function throws' ? texts.slice(1) : texts;
    expect(ownTexts.join('\n')).toContain(SHOWN);
    for (const text of ownTexts) {
      expect(text).not.toContain('\n[Nest]');
      expect(text.length).toBeLessThan(3_000);
    }
  });

  it.each<[string, () => unknown]>([
    [
      'an option',
      () => createSessionMiddleware(Object.assign({ secret: SECRET }, { [FORGERY]: 1 })),
    ],
    [
      'an option of a Redis store',
      () => new RedisSessionStore(Object.assign({ url: 'redis://localhost' }, { [FORGERY]: 1 })),
    ],
  ])('is short and on one line at boot: %s', (_what, boot) => {
    const message = thrownBy(boot);
    expect(message).toContain(SHOWN);
    expect(message).not.toContain('\n[Nest]');
    expect(message.length).toBeLessThan(1_000);
  });
});
