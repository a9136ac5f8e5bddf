import { readdir } from 'node:fs/promises';
import { Redis } from 'ioredis';
import type { Command } from 'ioredis';
import { MemorySessionStore } from 'nestjs-sesame';
import type { Move, MoveOutcome, SessionStore, StoredRecord, Written } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { SqlSessionStore } from 'nestjs-sesame/sql';
import type { SqlDialect } from 'nestjs-sesame/sql';
import { Pool } from 'pg';
import { createClient } from 'redis';
import { RedisScript } from '../../../lib/stores/redis/redis-script.js';
import { RedisServer } from '../../support/redis-server.js';
import { SqlPlace } from '../../support/sql-places.js';
import type { Gate } from './schedule.js';

const SCRIPTS = new URL('../../../lib/stores/redis/scripts/', import.meta.url);

/** A place where sessions live, as two instances of an application see it. */
export interface Backend {
  readonly stores: readonly [SessionStore, SessionStore];
  /** How many sessions are there. The marks that rotations and ends leave behind are none. */
  sessions(): Promise<number>;
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** A memory store that tells which records it holds. */
class OpenMemoryStore extends MemorySessionStore {
  private readonly created = new Set<string>();

  override create(key: string, record: StoredRecord): Promise<Written | 'taken'> {
    this.created.add(key);
    return super.create(key, record);
  }

  override move(move: Move): Promise<MoveOutcome> {
    this.created.add(move.to);
    return super.move(move);
  }

  async sessions(): Promise<number> {
    const found = await Promise.all([...this.created].map((key) => this.read(key)));
    return found.filter((record) => isSession(record?.payload)).length;
  }

  async clear(): Promise<void> {
    // Of the index, too, which outlives a record that was removed.
    for (const key of this.created) {
      await this.put(key, { payload: '', expiresAt: 0 });
      await this.remove(key);
    }
    this.created.clear();
  }
}

/** How a backend is to be used. */
interface Use {
  /** False to have sessions moved to new keys step by step, as on Redis Cluster. */
  readonly moves?: boolean;
}

/** The same store, as one that cannot move a session at once. */
function unmoving<T extends object>(store: T): T {
  return new Proxy(store, {
    get(target, name) {
      if (name === 'move') return undefined;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

/** The same store, but every call of it waits at the gate; within one, nobody comes in between. */
function gated<T extends object>(store: T, gate: Gate): T {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      // The index of users, which a store may have beside its records.
      if (typeof member === 'object' && member !== null) return gated(member, gate);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): Promise<unknown> =>
        gate.pass(String(name), async () => Reflect.apply(member, target, args));
    },
  });
}

export async function memoryBackend(gate: Gate, { moves = true }: Use = {}): Promise<Backend> {
  const store = new OpenMemoryStore();
  const used = moves ? store : unmoving(store);
  return {
    stores: [gated(used, gate), gated(used, gate)],
    sessions: () => store.sessions(),
    clear: () => store.clear(),
    close: async () => undefined,
  };
}

/**
 * A connection to Redis whose every command waits at the gate. It is the command that Redis makes
 * atomic: a store that would need two of them for one step of the port is caught in between.
 */
class GatedRedis extends Redis {
  gate: Gate | undefined;

  override sendCommand(
    command: Command,
    stream?: Parameters<Redis['sendCommand']>[1],
  ): Promise<unknown> {
    const send = async (): Promise<void> => {
      super.sendCommand(command, stream);
      await command.promise;
    };
    // Whoever waits for the command hears how it went.
    if (this.gate === undefined) send().catch(() => undefined);
    else {
      this.gate.pass(command.name, send).catch((error: unknown) => command.reject(asError(error)));
    }
    return command.promise;
  }
}

export async function redisBackend(gate: Gate): Promise<Backend> {
  const server = await RedisServer.start();
  const admin = new Redis(server.url);
  const clients = [new GatedRedis(server.url), new GatedRedis(server.url)];
  const [one, two] = clients.map((client) => new RedisSessionStore({ client }));
  if (one === undefined || two === undefined) throw new Error('two stores were asked for');
  // With scripts that Redis knows already, every run of a schedule takes the same commands.
  for (const script of await scripts()) await admin.script('LOAD', script.lua);
  for (const client of clients) client.gate = gate;
  return {
    stores: [one, two],
    sessions: async () => {
      const names = await admin.keys('sess:*');
      const payloads = names.length === 0 ? [] : await admin.mget(names);
      return payloads.filter(isSession).length;
    },
    clear: async () => {
      await admin.flushdb();
    },
    close: async () => {
      for (const client of [...clients, admin]) client.disconnect();
      await server.stop();
    },
  };
}

/** Redis by node-redis, where each call of the store waits at the gate. */
export async function nodeRedisBackend(gate: Gate): Promise<Backend> {
  const server = await RedisServer.start();
  const connect = () => createClient({ url: server.url }).connect();
  const [admin, one, two] = await Promise.all([connect(), connect(), connect()]);
  const store = (client: typeof one): SessionStore =>
    gated(new RedisSessionStore({ client }), gate);
  return {
    stores: [store(one), store(two)],
    sessions: async () => {
      const names = await admin.keys('sess:*');
      const payloads = names.length === 0 ? [] : await admin.mGet(names);
      return payloads.filter(isSession).length;
    },
    clear: async () => {
      await admin.flushDb();
    },
    close: async () => {
      for (const client of [admin, one, two]) client.destroy();
      await server.stop();
    },
  };
}

/** PostgreSQL, whose every statement waits at the gate: each of them is a transaction of its own. */
export async function postgresBackend(gate: Gate): Promise<Backend> {
  const place = await SqlPlace.start('postgres');
  const pool = new Pool({ connectionString: place.url });
  const client = async (text: string, values: unknown[]): Promise<object> => {
    const answer: { rows?: unknown[] } = {};
    await gate.pass(text.slice(0, 30), async () => {
      ({ rows: answer.rows } = await pool.query(text, values));
    });
    return answer;
  };
  const another = (): SqlSessionStore =>
    new SqlSessionStore({ client, dialect: 'postgres', cleanUp: false });
  return sqlBackend(place, [another(), another()], () => pool.end());
}

/** SQLite, where each call of the store waits at the gate: its transactions write one at a time. */
export function sqliteBackend(gate: Gate): Promise<Backend> {
  return gatedSqlBackend('sqlite', gate);
}

/**
 * MariaDB, where each call of the store waits at the gate, and not each statement: one that waits for the
 * lock of a transaction, which itself waits at the gate, would be no step that ends.
 */
export function mariaDbBackend(gate: Gate): Promise<Backend> {
  return gatedSqlBackend('mysql', gate);
}

async function gatedSqlBackend(dialect: SqlDialect, gate: Gate): Promise<Backend> {
  const place = await SqlPlace.start(dialect);
  const stores = [gated(place.store(), gate), gated(place.store(), gate)] as const;
  return sqlBackend(place, stores, async () => undefined);
}

async function sqlBackend(
  place: SqlPlace,
  stores: Backend['stores'],
  end: () => Promise<void>,
): Promise<Backend> {
  await place.install();
  return {
    stores,
    sessions: async () => {
      const rows = await place.query('SELECT payload FROM sesame_sessions');
      return rows.filter(({ payload }) => isSession(String(payload))).length;
    },
    clear: () => place.empty(),
    close: async () => {
      await end();
      await place.stop();
    },
  };
}

/** What a session has, and no mark or other note of Sesame's. */
const SEEN = /^\{"_sesame":\{[^}]*"seenAt":\d/;

function isSession(payload: string | null | undefined): boolean {
  return typeof payload === 'string' && SEEN.test(payload);
}

/** The scripts of the store, all of them. */
async function scripts(): Promise<RedisScript[]> {
  const files = await readdir(SCRIPTS);
  const modules = await Promise.all(files.map((file) => import(new URL(file, SCRIPTS).href)));
  const exported: unknown[] = modules.flatMap((module) => Object.values(module));
  return exported.filter((one) => one instanceof RedisScript);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
