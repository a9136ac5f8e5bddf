import 'reflect-metadata';
import { Controller, Get, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  DevelopmentSessionStore,
  Session,
  SessionModule,
  SessionService,
  UserId,
} from 'nestjs-sesame';

@Controller()
class AccountController {
  constructor(private readonly sessions: SessionService) {}

  @Post('login/:user')
  async login(@Param('user') user: string, @Session() session: Session): Promise<void> {
    await this.sessions.login(user);
    session.items = ['tea'];
  }

  @Get('me')
  async me(@UserId() user: string | undefined, @Session('items') items?: string[]) {
    return { user, items, devices: user && (await this.sessions.list(user)).length };
  }

  @Post('revoke-others')
  async revokeOthers(@UserId() user: string): Promise<number> {
    return this.sessions.revokeAll(user, { exceptCurrent: true });
  }
}

const store = new DevelopmentSessionStore({ file: process.env['SESSIONS_FILE'] });
const { secret } = store;
const limit = { max: 2, onExceed: 'evict-oldest' } as const;

@Module({
  imports: [SessionModule.forRoot({ secret, store, limit })],
  controllers: [AccountController],
})
class DevelopmentModule {}

const app = await NestFactory.create(DevelopmentModule, { logger: ['warn', 'error'] });
await app.listen(Number(process.env['PORT']), '127.0.0.1');
console.log('listening');
