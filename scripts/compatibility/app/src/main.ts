import 'reflect-metadata';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Redis } from 'ioredis';
import { AppModule } from './app.module.js';
import { startOnFastify } from './on-fastify.js';
import { storesWith } from './stores.js';

const url = process.env['REDIS_URL'];

/** One application for each store, in one process: most of a start is loading the modules. */
async function start(): Promise<void> {
  const redis = url === undefined ? undefined : new Redis(url);
  const onFastify = await startOnFastify();
  const apps: INestApplication[] = onFastify === undefined ? [] : [onFastify];
  for (const [name, store] of storesWith(redis, url ?? '')) {
    const app = await NestFactory.create<NestExpressApplication>(
      AppModule.keepingSessionsIn(store),
      { logger: ['fatal', 'error', 'warn'] },
    );
    await app.listen(0, '127.0.0.1');
    console.log(`${name}: ${await app.getUrl()}`);
    apps.push(app);
  }
  console.log('listening');
  // It must then end by itself: a timer or a connection left behind would keep it running.
  process.once('SIGTERM', () => {
    void Promise.all(apps.map((app) => app.close())).then(() => redis?.quit());
  });
}

void start();
