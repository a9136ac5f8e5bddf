import { afterAll, afterEach, beforeAll, describe } from '@jest/globals';
import { Redis } from 'ioredis';
import { MemorySessionStore } from 'nestjs-sesame';
import type { IndexedSessionStore, SessionModuleOptions } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { closeApps } from '../../support/applications/nest-app.js';
import { RedisServer } from '../../support/servers/redis-server.js';
import { SqlPlace } from '../../support/servers/sql-places.js';
import { storesToTry } from '../../support/stores/stores-to-try.js';
import { startCrossingApp } from './crossing-app.js';
import type { CrossingApp } from './crossing-app.js';

/** Two instances of an application over one store, which each test finds empty. */
export interface Instances {
  readonly one: CrossingApp;
  readonly two: CrossingApp;
  /** The clock of both. */
  clock(): number;
  /** Moves it. */
  pass(milliseconds: number): void;
}

export type StartInstances = (options?: Partial<SessionModuleOptions>) => Promise<Instances>;

interface Backend {
  /** The store as one more instance sees it. */
  another(): IndexedSessionStore;
  clear(): Promise<void>;
  close(): Promise<void>;
}

let now = Date.now();
const clock = (): number => now;
const pass = (milliseconds: number): void => {
  now += milliseconds;
};

const BACKENDS: readonly [string, () => Promise<Backend>][] = [
  ['MemorySessionStore', async () => memory(true)],
  ['MemorySessionStore, step by step', async () => memory(false)],
  ['RedisSessionStore', redis],
  ['SqlSessionStore', sql],
];

/** Runs a suite on stores that move a session at once, and on one that does so step by step. */
export function describeOnCrossingStores(
  title: string,
  suite: (start: StartInstances) => void,
): void {
  describe.each(storesToTry(BACKENDS))(`${title}, on %s`, (_name, begin) => {
    let backend: Backend | undefined;
    // Starting an application takes longer than a test.
    const started = new Map<string, Promise<CrossingApp>[]>();
    beforeAll(async () => {
      backend = await begin();
    });
    afterAll(async () => {
      await closeApps();
      await backend?.close();
    });
    afterEach(async () => {
      await backend?.clear();
      now = Date.now();
    });
    suite(async (options = {}) => {
      const name = JSON.stringify(options);
      const apps = started.get(name) ?? [0, 1].map(() => startOn(backend, options));
      started.set(name, apps);
      const [one, two] = await Promise.all(apps);
      if (one === undefined || two === undefined) throw new Error('two instances were asked for');
      return { one, two, clock, pass };
    });
  });
}

function startOn(
  backend: Backend | undefined,
  options: Partial<SessionModuleOptions>,
): Promise<CrossingApp> {
  if (backend === undefined) throw new Error('the backend has not started');
  return startCrossingApp({ store: backend.another(), clock, ...options });
}

/** A memory store that can be emptied, and may be one that moves sessions step by step. */
function memory(moves: boolean): Backend {
  let current = new MemorySessionStore({ clock });
  const users = delegating(() => current.users);
  const store = delegating(() => current, { users, ...(!moves && { move: undefined }) });
  return {
    another: () => store,
    clear: async () => {
      current = new MemorySessionStore({ clock });
    },
    close: async () => undefined,
  };
}

/** Whatever the object is at that time, except for these members. */
function delegating<T extends object>(current: () => T, instead: object = {}): T {
  return new Proxy(current(), {
    get(_first, name) {
      if (name in instead) return Reflect.get(instead, name);
      const member: unknown = Reflect.get(current(), name, current());
      return typeof member === 'function' ? member.bind(current()) : member;
    },
  });
}

async function redis(): Promise<Backend> {
  const server = await RedisServer.start();
  const client = new Redis(server.url);
  return {
    another: () => new RedisSessionStore({ client }),
    clear: async () => {
      await client.flushall();
    },
    close: async () => {
      client.disconnect();
      await server.stop();
    },
  };
}

async function sql(): Promise<Backend> {
  const place = await SqlPlace.start('sqlite');
  await place.install();
  return {
    another: () => place.store({ clock }),
    clear: () => place.empty(),
    close: () => place.stop(),
  };
}
