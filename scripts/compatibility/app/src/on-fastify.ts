import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { MemorySessionStore } from 'nestjs-sesame';
import { AppModule } from './app.module.js';

/** The same application on Fastify; if there is none, it says why. */
export async function startOnFastify(): Promise<INestApplication | undefined> {
  try {
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.keepingSessionsIn(new MemorySessionStore()),
      new FastifyAdapter(),
      { logger: false, abortOnError: false },
    );
    await app.listen(0, '127.0.0.1');
    console.log(`memory, on Fastify: ${await app.getUrl()}`);
    return app;
  } catch (error) {
    console.log(error instanceof Error ? error.message : error);
    return undefined;
  }
}
