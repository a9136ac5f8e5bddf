import { Authenticator } from '@fastify/passport';
import { afterEach, expect, it } from '@jest/globals';
import { Controller, Get, Module, Post, Req, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AuthenticatedGuard, SessionId, SessionModule } from 'nestjs-sesame';
import { Strategy } from 'passport-local';
import { SECRET } from '../../support/applications/nest-app.js';
import { Browser } from '../../support/browser.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

const store = new ScriptedStore();
let app: NestFastifyApplication | undefined;

afterEach(async () => {
  await app?.close();
});

@Controller()
class PassportController {
  @Get('who')
  who(@Req() request: FastifyRequest, @SessionId() id: string): object {
    return { user: request.user, isSameId: id === Reflect.get(request, 'sessionID') };
  }

  @Get('members')
  @UseGuards(AuthenticatedGuard)
  members(@Req() request: FastifyRequest): object {
    return { hello: request.user };
  }

  @Post('logout')
  async logout(@Req() request: FastifyRequest): Promise<void> {
    await request.logOut();
  }
}

@Module({
  imports: [SessionModule.forRoot({ secret: SECRET, store })],
  controllers: [PassportController],
})
class AppModule {}

/** As in a main.ts. */
async function start(): Promise<Browser> {
  const passport = new Authenticator();
  passport.use(
    'local',
    new Strategy((username, password, done) =>
      done(null, password === 'lovelace' ? { name: username } : false),
    ),
  );
  passport.registerUserSerializer(async (user: object) => Reflect.get(user, 'name'));
  passport.registerUserDeserializer(async (name: unknown) => ({ name }));
  app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  await fastify.register(passport.initialize());
  await fastify.register(passport.secureSession());
  fastify.post(
    '/login',
    { preValidation: passport.authenticate('local', { authInfo: false }) },
    ({ user }, reply) => void reply.send({ user }),
  );
  await app.listen(0, '127.0.0.1');
  return new Browser((await app.getUrl()).replace('[::1]', '127.0.0.1'));
}

const ADA = { username: 'ada', password: 'lovelace' };

it('@fastify/passport signs in with a new id, recognises the user, and signs out', async () => {
  const browser = await start();
  expect((await browser.post('/login', { ...ADA, password: 'wrong' })).status).toBe(401);
  expect((await browser.get('/members')).status).toBe(401);
  const { body, setCookies } = await browser.post('/login', ADA);
  expect(body).toEqual({ user: { name: 'ada' } });
  expect(setCookies).toHaveLength(1);
  expect((await browser.get('/who')).body).toEqual({ user: { name: 'ada' }, isSameId: true });
  expect((await browser.get('/members')).body).toEqual({ hello: { name: 'ada' } });
  const before = browser.cookie();
  await browser.post('/login', ADA);
  expect(browser.cookie()).not.toBe(before);
  await browser.post('/logout');
  expect((await browser.get('/members')).status).toBe(401);
});

it('a sign-in that cannot be stored gets a 503, and signs nobody in', async () => {
  const browser = await start();
  store.break('create');
  const { status, setCookies } = await browser.post('/login', ADA);
  expect([status, setCookies]).toEqual([503, []]);
  store.mend();
  expect((await browser.get('/members')).status).toBe(401);
});
