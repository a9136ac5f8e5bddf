import { Redis } from 'ioredis';
import { MemorySessionStore } from 'nestjs-sesame';
import type { IndexedSessionStore, ReplaceOutcome, StoredRecord, Version } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { RedisServer } from '../../support/servers/redis-server.js';
import { IndexedScriptedStore } from '../../support/stores/indexed-scripted-store.js';

/** A store that a test can pause, and that refuses payloads longer than it accepts. */
export class PickyStore extends IndexedScriptedStore {
  /** How many characters a payload may have. */
  limit = Infinity;

  override async replace(
    key: string,
    version: Version,
    record: StoredRecord,
    turn?: string,
  ): Promise<ReplaceOutcome | 'busy'> {
    const isTooLong = record.payload.length > this.limit;
    const outcome = await super.replace(key, isTooLong ? REFUSED : version, record, turn);
    if (isTooLong) throw new Error('the record is too long');
    return outcome;
  }
}

/** A version that no record has, so that nothing is written. */
const REFUSED = 'refused';

export interface Place {
  /** The store as one more instance of the application sees it. */
  another(): PickyStore;
  close(): Promise<void>;
}

export const PLACES: readonly [string, () => Promise<Place>][] = [
  [
    'memory',
    async () => {
      const store = new MemorySessionStore();
      return { another: () => new PickyStore(store), close: async () => undefined };
    },
  ],
  [
    'Redis',
    async () => {
      const server = await RedisServer.start();
      const clients: Redis[] = [];
      const another = (): IndexedSessionStore => {
        const client = new Redis(server.url);
        clients.push(client);
        return new RedisSessionStore({ client });
      };
      return {
        another: () => new PickyStore(another()),
        close: async () => {
          for (const client of clients) client.disconnect();
          await server.stop();
        },
      };
    },
  ],
];
