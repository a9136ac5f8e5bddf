import { Logger } from '@nestjs/common';
import { MemorySessionStore } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';
import { LoadRun } from './load-run.js';

/** LOAD_REQUESTS and LOAD_SESSIONS say how many, LOAD_REDIS where Redis is, if it is to be used. */
const requests = Number(process.env['LOAD_REQUESTS'] ?? 10_000);
const sessions = Number(process.env['LOAD_SESSIONS'] ?? 1_000);
const url = process.env['LOAD_REDIS'];

Logger.overrideLogger(false);
const store = url === undefined ? new MemorySessionStore() : new RedisSessionStore({ url });
console.log(JSON.stringify(await LoadRun.run(store, requests, sessions)));
