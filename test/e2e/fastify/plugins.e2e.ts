import '../../support/session-data.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import csrf from '@fastify/csrf-protection';
import etag from '@fastify/etag';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import { Authenticator } from '@fastify/passport';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { Strategy } from 'passport-local';
import { closeFastify, sessionOf, startFastify } from '../../support/applications/fastify-app.js';
import type { Browser } from '../../support/browser.js';

const TEXT = 'a text '.repeat(500);

async function configure(app: FastifyInstance): Promise<void> {
  const passport = new Authenticator();
  passport.use(new Strategy((name, _password, done) => done(null, { name })));
  passport.registerUserSerializer(async (user: { name: string }) => user.name);
  passport.registerUserDeserializer(async (name: string) => ({ name }));
  await app.register(cookie);
  await app.register(compress, { threshold: 0 });
  await app.register(etag);
  await app.register(helmet);
  await app.register(rateLimit, { max: 1_000 });
  await app.register(multipart);
  await app.register(csrf, { sessionPlugin: '@fastify/session' });
  await app.register(passport.initialize());
  await app.register(passport.secureSession());

  app.get('/text', (request, reply) => {
    sessionOf(request).count = 1;
    reply.setCookie('other', '1').send(TEXT);
  });
  const perSession = (request: object): string => sessionOf(request).id;
  const rateLimited = { max: 1, hook: 'preHandler', keyGenerator: perSession } as const;
  app.get('/limited', { config: { rateLimit: rateLimited } }, (request, reply) => {
    sessionOf(request).count = 1;
    reply.send('well');
  });
  app.get('/etag', (_request, reply) => void reply.send(TEXT));
  app.post('/upload', (request, reply) => {
    void request.file().then(async (file) => {
      sessionOf(request).label = String(await file?.toBuffer());
      return reply.send('well');
    });
  });
  app.get('/label', (request, reply) => void reply.send(sessionOf(request).label));
  app.post('/flash', (request, reply) => {
    request.flash('info', 'hello');
    reply.send('well');
  });
  app.get('/flash', (_request, reply) => void reply.send(reply.flash('info')));
  app.get('/token', (_request, reply) => void reply.send(reply.generateCsrf()));
  app.post('/guarded', { onRequest: app.csrfProtection }, (_request, reply) => {
    reply.send('well');
  });
  app.post('/login', { preValidation: passport.authenticate('local') }, (request, reply) => {
    reply.send(request.user);
  });
  app.get('/me', (request, reply) => {
    reply.send({ user: request.user ?? null, isIn: request.isAuthenticated() });
  });
  app.post('/logout', (request, reply) => void request.logout().then(() => reply.send('well')));
}

describe('beside Sesame works', () => {
  let browser: () => Browser;
  beforeAll(async () => {
    ({ browser } = await startFastify({}, configure));
  });
  afterAll(closeFastify);

  it('@fastify/compress, with @fastify/cookie and @fastify/helmet: one cookie beside the other', async () => {
    const { text, headers, setCookies } = await browser().get('/text');
    expect(text).toBe(TEXT);
    expect(headers.get('content-encoding')).toMatch(/br|gzip|deflate|zstd/);
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(setCookies.map((one) => one.split('=')[0]).toSorted()).toEqual(['connect.sid', 'other']);
    expect(headers.get('vary')).toMatch(/cookie/i);
    expect(headers.get('vary')).toMatch(/accept-encoding/i);
  });

  it('@fastify/etag: what the client already has is not sent again', async () => {
    const one = browser();
    const headers = { 'accept-encoding': 'identity' };
    const tag = (await one.get('/etag', { headers })).headers.get('etag') ?? '';
    const again = await one.get('/etag', { headers: { ...headers, 'if-none-match': tag } });
    expect(again).toMatchObject({ status: 304, text: '' });
  });

  it('@fastify/rate-limit, which can count by session', async () => {
    const one = browser();
    await one.get('/text');
    expect((await one.get('/limited')).text).toBe('well');
    expect((await one.get('/limited')).status).toBe(429);
    const other = browser();
    await other.get('/text');
    expect((await other.get('/limited')).text).toBe('well');
  });

  it('@fastify/multipart', async () => {
    const one = browser();
    const body = new FormData();
    body.append('file', new Blob(['in a file']), 'a.txt');
    expect((await one.send('/upload', { method: 'POST', body })).text).toBe('well');
    expect((await one.get('/label')).text).toBe('in a file');
  });

  it('@fastify/flash, which @fastify/passport registers', async () => {
    const one = browser();
    await one.post('/flash');
    expect((await one.get('/flash')).body).toEqual(['hello']);
    expect((await one.get('/flash')).body).toEqual([]);
  });

  it('@fastify/csrf-protection', async () => {
    const one = browser();
    const { text: token } = await one.get('/token');
    expect((await one.post('/guarded')).status).toBe(403);
    expect((await one.post('/guarded', { _csrf: token })).status).toBe(403);
    const headers = { 'csrf-token': token };
    expect((await one.post('/guarded', undefined, { headers })).text).toBe('well');
  });

  it('@fastify/passport: the id is a new one after each sign-in and sign-out', async () => {
    const one = browser();
    await one.get('/text');
    const before = one.cookie();
    const { body } = await one.post('/login', { username: 'ada', password: 'secret' });
    expect(body).toEqual({ name: 'ada' });
    const signedIn = one.cookie();
    expect(signedIn).not.toBe(before);
    expect((await one.get('/me')).body).toEqual({ user: { name: 'ada' }, isIn: true });
    await one.post('/logout');
    expect((await one.get('/me')).body).toEqual({ user: null, isIn: false });
    expect(one.cookie()).not.toBe(signedIn);
  });
});
