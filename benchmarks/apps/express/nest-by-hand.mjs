// A session as one would write it by hand for these routes: a random id in a signed cookie, JSON in Redis, and
// an answer that waits until it is stored. No expiry of its own, no merging, no object with methods.
import { randomBytes } from 'node:crypto';
import { Session } from '@nestjs/common';
import { parseCookie, stringifySetCookie } from 'cookie';
import { sign, unsign } from 'cookie-signature';
import { Routes, routesModule } from '../nest-routes.mjs';
import { serveNest } from '../serve.mjs';
import { connectToRedis, MAX_AGE, SECRET } from '../settings.mjs';

const NAME = 'session';
const redis = connectToRedis();

class RoutesByHand extends Routes {
  async write(session, value) {
    const answer = super.write(session, value);
    await session.save();
    return answer;
  }

  async first(session, value) {
    const answer = super.first(session, value);
    await session.save();
    return answer;
  }

  async seed(session, ...shape) {
    const answer = super.seed(session, ...shape);
    await session.save();
    return answer;
  }
}

function openSession(request, response, next) {
  const id = idIn(request.headers.cookie);
  const open = (stored) => {
    request.session = sessionOf(stored, id, response);
    next();
  };
  if (id === undefined) return open(null);
  redis.get(`by-hand:${id}`, (error, stored) => (error ? next(error) : open(stored)));
}

function sessionOf(stored, id, response) {
  const session = stored === null ? {} : JSON.parse(stored);
  const save = async () => {
    const key = stored === null ? newId(response) : id;
    await redis.set(`by-hand:${key}`, JSON.stringify(session), 'PX', MAX_AGE);
  };
  return Object.defineProperty(session, 'save', { value: save });
}

function idIn(header) {
  const value = header && parseCookie(header)[NAME];
  return (value && unsign(value, SECRET)) || undefined;
}

function newId(response) {
  const id = randomBytes(24).toString('base64url');
  const attributes = { httpOnly: true, path: '/', sameSite: 'lax', maxAge: MAX_AGE / 1_000 };
  const cookie = stringifySetCookie({ name: NAME, value: sign(id, SECRET), ...attributes });
  response.setHeader('Set-Cookie', cookie);
  return id;
}

const module = routesModule(Session, {}, RoutesByHand);
await serveNest(module, (app) => app.use(openSession));
