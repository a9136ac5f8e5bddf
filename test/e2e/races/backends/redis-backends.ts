import { readdir } from 'node:fs/promises';
import { Redis } from 'ioredis';
import type { Command } from 'ioredis';
import type { SessionStore } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { createClient } from 'redis';
import { RedisScript } from '../../../../lib/stores/redis/redis-script.js';
import { RedisServer } from '../../../support/servers/redis-server.js';
import type { Gate } from '../schedule.js';
import { isSession } from './backend.js';
import type { Backend } from './backend.js';
import { gated } from './gated-store.js';

const SCRIPTS = new URL('../../../../lib/stores/redis/scripts/', import.meta.url);

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
