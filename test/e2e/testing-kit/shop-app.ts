import { Body, Controller, Get, Module, Post, UseGuards } from '@nestjs/common';
import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  AuthenticatedGuard,
  RequireFresh,
  Session,
  SessionModule,
  SessionService,
  UserId,
} from 'nestjs-sesame';
import type { SessionModuleOptions, SessionSummary } from 'nestjs-sesame';
import { SessionTesting } from 'nestjs-sesame/testing';
import request from 'supertest';
import '../../support/session-data.js';

/** A shop where nobody can sign in with a request: users come from somewhere else. */
@Controller()
@UseGuards(AuthenticatedGuard)
export class ShopController {
  constructor(private readonly sessions: SessionService) {}

  @Get('me')
  me(@UserId() user: string, @Session('items') items: string[] = []): object {
    return { user, items };
  }

  @Get('devices')
  devices(@UserId() user: string): Promise<SessionSummary[]> {
    return this.sessions.list(user);
  }

  @Post('items')
  add(@Session() session: Session, @Body('item') item: string): void {
    session.items = [...(session.items ?? []), item];
  }

  @Post('order')
  @RequireFresh('5m')
  order(): string {
    return 'ordered';
  }

  @Post('confirm')
  async confirm(): Promise<void> {
    await this.sessions.confirm();
  }
}

/** The application as production has it. */
export function shopModule(options: Partial<SessionModuleOptions> = {}): ModuleMetadata {
  @Module({
    imports: [SessionModule.forRoot({ secret: 'x'.repeat(32), ...options })],
    controllers: [ShopController],
  })
  class AppModule {}
  return { imports: [AppModule] };
}

const running: INestApplication[] = [];

/** Starts an application whose sessions a test holds. */
export async function startShop(
  sessions: SessionTesting,
  metadata: ModuleMetadata = shopModule(),
): Promise<INestApplication> {
  const module = await sessions.override(Test.createTestingModule(metadata)).compile();
  const app = module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  running.push(app);
  return app;
}

export async function closeShops(): Promise<void> {
  await Promise.all(running.splice(0).map((app) => app.close()));
}

/** Sends a request with these headers, and returns the status and the reason of a refusal, if any. */
export async function seen(
  app: INestApplication,
  headers: Record<string, string>,
  path = '/me',
): Promise<readonly [number, string | undefined]> {
  const { status, body } = await request(app.getHttpServer()).get(path).set(headers);
  return [status, body.reason];
}
