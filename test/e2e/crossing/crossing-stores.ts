import { afterAll, afterEach, beforeAll, describe } from '@jest/globals';
import { Redis } from 'ioredis';
import { MemorySessionStore } from 'nestjs-sesame';
import type { IndexedSessionStore } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { IndexedScriptedStore } from '../../support/indexed-scripted-store.js';
import { closeApps } from '../../support/nest-app.js';
import { RedisServer } from '../../support/redis-server.js';

/** Where the sessions of a test are. */
export interface CrossingStores {
  /** The store as one more instance of the application sees it. */
  another(clock?: () => number): IndexedSessionStore;
}

interface Backend extends CrossingStores {
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Runs a suite on stores that move a session at once, and on one that does so step by step. */
export function describeOnCrossingStores(
  title: string,
  suite: (stores: CrossingStores) => void,
): void {
  describe.each([
    ['MemorySessionStore', async () => memory(true)],
    ['MemorySessionStore, step by step', async () => memory(false)],
    ['RedisSessionStore', redis],
  ])(`${title}, on %s`, (_name, start) => {
    let backend: Backend | undefined;
    beforeAll(async () => {
      backend = await start();
    });
    afterAll(() => backend?.close());
    afterEach(async () => {
      await closeApps();
      await backend?.clear();
    });
    suite({
      another: (clock) => {
        if (backend === undefined) throw new Error('the backend has not started');
        return backend.another(clock);
      },
    });
  });
}

function memory(moves: boolean): Backend {
  let store: MemorySessionStore | undefined;
  return {
    another: (clock) => {
      store ??= new MemorySessionStore({ ...(clock !== undefined && { clock }) });
      return new IndexedScriptedStore(store, { moves });
    },
    clear: async () => {
      store = undefined;
    },
    close: async () => undefined,
  };
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
