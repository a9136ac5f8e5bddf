// One instance of the application. Run as many as you like, on one Redis and with one secret.
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { AppModule } from './app.module.js';

// Under start.ts: end with the process that began this one, however that ended.
process.once('disconnect', () => process.exit());

const app = await NestFactory.create<NestExpressApplication>(AppModule, {
  logger: ['error', 'warn'],
});
app.disable('x-powered-by');
// The proxy runs on this machine; what it says about the client and its protocol is believed.
app.set('trust proxy', 'loopback');
app.use((_request: Request, response: Response, next: NextFunction) => {
  response.setHeader('X-Instance', process.pid);
  next();
});
app.enableShutdownHooks();
await app.listen(process.env['PORT'] ?? '3001', '127.0.0.1');

// Under start.ts: tell where this instance listens.
process.send?.(await app.getUrl());
