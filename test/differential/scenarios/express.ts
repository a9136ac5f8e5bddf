import { fileURLToPath } from 'node:url';
import type { Express, Request, Response } from 'express';
import { Router } from 'express';
import type { Scenario, Step } from '../support/scenario.js';
import type { SessionMiddleware } from '../support/sides.js';
import type { World } from '../support/world.js';
import { attempt, known } from './parts.js';

const FILE = fileURLToPath(new URL('../../../LICENSE', import.meta.url));

type Answering = (response: Response, request: Request, world: World) => unknown;

/** An answer by Express after a change of the session, and after none. */
function answering(
  name: string,
  answer: Answering,
  requests: Scenario['requests'] = ['/changed', '/untouched', '/look'],
): Scenario {
  return {
    name,
    on: ['express'],
    express: (app, session, world) => {
      app.use(session);
      app.all(['/changed', '/untouched'], (request, response) => {
        if (request.path === '/changed') request.session.count = (request.session.count ?? 0) + 1;
        return answer(response, request, world);
      });
    },
    requests,
  };
}

function built(
  name: string,
  express: (app: Express, session: SessionMiddleware, world: World) => void,
  requests: Scenario['requests'],
  more: Partial<Scenario> = {},
): Scenario {
  return { name, on: ['express'], express, requests, ...more };
}

const heads: readonly Step[] = [
  { path: '/changed', method: 'HEAD' },
  { path: '/untouched', method: 'HEAD' },
];

const answers: readonly Scenario[] = [
  answering('send(text)', (response) => response.send('text')),
  answering('send(Buffer)', (response) => response.send(Buffer.from('bytes'))),
  answering('send(object)', (response) => response.send({ a: 1 })),
  answering('send() of nothing', (response) => response.send()),
  answering('send() of 200 kB', (response) => response.send('long '.repeat(40_000))),
  answering('json()', (response) => response.json({ a: [1, 2, 3] })),
  answering('jsonp()', (response) => response.jsonp({ a: 1 })),
  answering('sendStatus()', (response) => response.sendStatus(202)),
  answering('status().end()', (response) => response.status(404).end()),
  answering('redirect(url)', (response) => response.redirect('/look')),
  answering('redirect(status, url)', (response) => response.redirect(303, '/look')),
  answering('sendFile()', (response) => response.sendFile(FILE, { lastModified: false })),
  answering('sendFile() with a callback', (response, _request, world) => {
    response.sendFile(FILE, { lastModified: false }, () => world.note('sent'));
  }),
  answering('sendFile() of no file', (response) => response.sendFile(`${FILE}.none`)),
  answering(
    'sendFile() of a range',
    (response) => response.sendFile(FILE, { lastModified: false }),
    [
      { path: '/changed', headers: { range: 'bytes=0-9' } },
      { path: '/untouched', headers: { range: 'bytes=0-9' } },
    ],
  ),
  answering('download()', (response) =>
    response.download(FILE, 'license.txt', { lastModified: false }),
  ),
  answering('cookie()', (response) => response.cookie('theme', 'dark').send('text')),
  answering('clearCookie() of another cookie', (response) =>
    response.clearCookie('theme').send('text'),
  ),
  answering('vary() and set()', (response) =>
    response.vary('Accept').set('Cache-Control', 'private').send('text'),
  ),
  answering('format()', (response) =>
    response.format({ json: () => response.json({ a: 1 }), default: () => response.send('text') }),
  ),
  answering('HEAD of send()', (response) => response.send('text'), [...heads, '/look']),
  answering('HEAD of sendFile()', (response) => response.sendFile(FILE, { lastModified: false }), [
    ...heads,
    '/look',
  ]),
  answering('a fresh ETag', (response) => response.send('text'), [
    '/changed',
    { path: '/changed', headers: { 'if-none-match': 'W/"4-Ny/ra4y2BPpE3OIChZSXSYfNu9I"' } },
    { path: '/untouched', headers: { 'if-none-match': 'W/"4-Ny/ra4y2BPpE3OIChZSXSYfNu9I"' } },
    '/look',
  ]),
  answering('send(), then send() again', (response, _request, world) => {
    response.send('first');
    attempt(world, () => response.send('second'));
  }),
  answering('json(), then status() and json() again', (response, _request, world) => {
    response.json({ a: 1 });
    attempt(world, () => response.status(500).json({ error: 'late' }));
  }),
  answering('redirect(), then send()', (response, _request, world) => {
    response.redirect('/look');
    attempt(world, () => response.send('second'));
  }),
  answering('an error thrown', () => {
    throw new Error('thrown');
  }),
  answering('an error thrown after send()', (response) => {
    response.send('text');
    throw new Error('thrown');
  }),
  answering('an error thrown in a stream', (response) => {
    response.write('one ');
    response.end('two');
    throw new Error('thrown');
  }),
  answering('a promise that is rejected', () => Promise.reject(new Error('rejected'))),
  answering('an answer after a promise', async (response) => {
    await new Promise((resolve) => setImmediate(resolve));
    response.send('text');
  }),
];

const many = (app: Express, session: SessionMiddleware): void => {
  app.use(session);
  app.use(session);
};

const structure: readonly Scenario[] = [
  built('mounted at a path, inside and outside', (app, session) => void app.use('/sub', session), [
    '/sub/count',
    '/count',
    '/sub/look',
  ]),
  built(
    'mounted at a path, with that cookie path',
    (app, session) => void app.use('/sub', session),
    ['/sub/count', '/sub', '/sub/look', '/count'],
    { options: { cookie: { path: '/sub' } } },
  ),
  built(
    'mounted at a path, with another cookie path',
    (app, session) => void app.use('/sub', session),
    ['/sub/count', '/other/count'],
    { options: { cookie: { path: '/other' } } },
  ),
  built(
    'in a router that is mounted',
    (app, session) => {
      const router = Router();
      router.use(session);
      router.get('/count', (request, response) => {
        request.session.count = (request.session.count ?? 0) + 1;
        response.send(String(request.session.count));
      });
      app.use('/deep/er', router);
    },
    ['/deep/er/count', '/deep/er/count', '/look'],
    { options: { cookie: { path: '/deep' } } },
  ),
  built(
    'on one route',
    (app, session) => {
      app.get('/count', session);
    },
    ['/count', '/look', '/count'],
  ),
  built('the same middleware twice', many, ['/count', '/count', '/look']),
  built('the same middleware twice, untouched', many, [known('/untouched')]),
  built(
    'an error before the session',
    (app, session) => {
      app.use(() => {
        throw new Error('early');
      });
      app.use(session);
    },
    ['/count'],
  ),
  built(
    'next(error) after a change',
    (app, session) => {
      app.use(session);
      app.use((request, _response, next) => {
        request.session.count = 1;
        next(new Error('handed on'));
      });
    },
    ['/', '/'],
  ),
  built(
    'a request that is not found',
    (app, session) => {
      app.use(session);
      app.use((_request, response) => void response.status(404).send('none'));
    },
    [known('/'), '/'],
  ),
  built(
    'an answer before the session',
    (app, session) => {
      app.get('/early', (_request, response) => void response.send('early'));
      app.use(session);
    },
    ['/early', '/count', '/early'],
  ),
  built(
    'req.secret instead of an option',
    (app, session) => {
      app.use((request, _response, next) => {
        Reflect.set(request, 'secret', 'as cookie-parser leaves it');
        next();
      });
      app.use(session);
    },
    ['/count'],
    { options: { secret: undefined } },
  ),
  built(
    'req.signedCookies of cookie-parser',
    (app, session) => {
      app.use((request, _response, next) => {
        Reflect.set(request, 'signedCookies', { 'connect.sid': 'known' });
        next();
      });
      app.use(session);
    },
    [{ ...known('/count'), cookie: 'other=1' }, '/count'],
  ),
];

export const express: readonly Scenario[] = [
  ...answers,
  ...structure,
  {
    name: 'two middlewares of two names',
    middlewares: [{ name: 'one' }, { name: 'two' }],
    requests: ['/count', '/count', '/look'],
  },
  {
    name: 'two middlewares of two paths',
    middlewares: [
      { name: 'shop', cookie: { path: '/shop' } },
      { name: 'blog', cookie: { path: '/blog' } },
    ],
    requests: ['/shop/count', '/blog/count', '/blog/count', '/elsewhere'],
  },
];
