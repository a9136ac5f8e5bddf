// Nest on Fastify with @fastify/session, as its users would write it.
import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import { createParamDecorator } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { RedisStore } from 'connect-redis';
import { routesModule } from '../nest-routes.mjs';
import { serveNest } from '../serve.mjs';
import { connectToRedis, MAX_AGE, SECRET } from '../settings.mjs';

const Session = createParamDecorator((_, context) => context.switchToHttp().getRequest().session);

export async function serveFastifySession(options = {}) {
  const plugIn = async (app) => {
    await app.register(fastifyCookie);
    await app.register(fastifySession, {
      secret: SECRET,
      saveUninitialized: false,
      cookie: { maxAge: MAX_AGE, secure: false },
      store: new RedisStore({ client: connectToRedis() }),
      ...options,
    });
  };
  await serveNest(routesModule(Session), plugIn, new FastifyAdapter());
}
