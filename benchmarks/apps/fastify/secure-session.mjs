// The whole session in an encrypted cookie. Its attributes are read and set like those of an object.
import { createParamDecorator } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { peer } from '../../peers/peer.mjs';
import { routesModule } from '../nest-routes.mjs';
import { serveNest } from '../serve.mjs';
import { MAX_AGE } from '../settings.mjs';

const secureSession = peer('@fastify/secure-session');

const Session = createParamDecorator((_, context) => context.switchToHttp().getRequest().session);

const maxAge = MAX_AGE / 1_000;
const options = {
  key: Buffer.alloc(32, 'secure-session'),
  expiry: maxAge,
  cookie: { path: '/', httpOnly: true, maxAge },
};
const plugIn = (app) => app.register(secureSession, options);

await serveNest(routesModule(Session), plugIn, new FastifyAdapter());
