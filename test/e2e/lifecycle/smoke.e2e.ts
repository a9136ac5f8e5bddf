import { expect, it } from '@jest/globals';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { Session, SessionModule, SessionService } from 'nestjs-sesame';

declare module 'express-session' {
  interface SessionData {
    views: number;
  }
}

@Controller()
class Views {
  constructor(private readonly sessions: SessionService) {}
  @Get()
  get(@Session() session: Session) {
    session.views = (session.views ?? 0) + 1;
    return { views: session.views, id: session.id.length };
  }
  @Post('login')
  async login() {
    await this.sessions.login('ada');
    return { user: this.sessions.userId };
  }
}

@Module({
  imports: [SessionModule.forRoot({ secret: 'a secret of more than thirty-two characters' })],
  controllers: [Views],
})
class App {}

it('counts', async () => {
  const app = (
    await Test.createTestingModule({ imports: [App] }).compile()
  ).createNestApplication();
  await app.init();
  const agent = request.agent(app.getHttpServer());
  const first = await agent.get('/');
  console.log(first.status, first.headers, first.body);
  const second = await agent.get('/');
  console.log(second.status, second.headers, second.body);
  const third = await agent.post('/login');
  console.log(third.status, third.headers, third.body);
  const fourth = await agent.get('/');
  console.log(fourth.body);
  expect(fourth.body.views).toBe(3);
  await app.close();
});
