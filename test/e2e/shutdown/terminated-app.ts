import 'reflect-metadata';
import { once } from 'node:events';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Session, SessionModule } from 'nestjs-sesame';
import { RedisSessionStore } from 'nestjs-sesame/redis';

const SECRET = 'a secret that is only used by the tests of this library';

@Controller()
class TerminatedController {
  /** Under way when the signal comes, and finished only after it. */
  @Get()
  async late(@Session() session: Session): Promise<void> {
    const terminated = once(process, 'SIGTERM');
    process.send?.('arrived');
    await terminated;
    session.label = 'late';
  }
}

const url = process.env['REDIS_URL'] ?? '';
const redisOptions = { connectionName: 'terminated' };

@Module({
  imports: [
    SessionModule.forRoot({ secret: SECRET, store: new RedisSessionStore({ url, redisOptions }) }),
  ],
  controllers: [TerminatedController],
})
class TerminatedModule {}

const app = await NestFactory.create(TerminatedModule, { logger: false });
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
process.send?.(await app.getUrl());
