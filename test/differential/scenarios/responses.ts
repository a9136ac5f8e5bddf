import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Scenario, ScenarioRequest } from '../support/scenario.js';
import type { World } from '../support/world.js';
import { attempt } from './parts.js';
import { count, standardApplication } from './standard-application.js';

type Answering = (response: ServerResponse, world: World, request: ScenarioRequest) => unknown;

/** An answer after a change of the session, and after none. */
function answering(name: string, answer: Answering, more: Partial<Scenario> = {}): Scenario {
  return {
    name,
    handle: (request, response, world) => {
      if (request.url === '/look') return standardApplication(request, response, world);
      if (request.url === '/changed') count(request);
      return answer(response, world, request);
    },
    requests: ['/changed', '/untouched', '/look'],
    ...more,
  };
}

const heard = (world: World, what: string) => (): void => world.note(what);
const BYTES = Buffer.from('bytes');

const ends: readonly Scenario[] = [
  answering('end()', (response) => response.end()),
  answering('end(callback)', (response, world) => response.end(heard(world, 'called'))),
  answering('end(text)', (response) => response.end('text')),
  answering('end(text, callback)', (response, world) =>
    response.end('text', heard(world, 'called')),
  ),
  answering('end(text, encoding)', (response) => response.end('74657874', 'hex')),
  answering('end(text, encoding, callback)', (response, world) =>
    response.end('74657874', 'hex', heard(world, 'called')),
  ),
  answering('end(Buffer)', (response) => response.end(BYTES)),
  answering('end(Uint8Array)', (response) => response.end(new Uint8Array(BYTES))),
  answering("end('')", (response) => response.end('')),
  answering('end(null)', (response) => response.end(null)),
  answering('end(undefined, callback)', (response, world) =>
    response.end(undefined, heard(world, 'called')),
  ),
  answering('end(text) beyond ASCII', (response) => response.end('žluťoučký kůň 馬')),
  answering('end(text) of 200 kB', (response) => response.end('long '.repeat(40_000))),
  answering('end() answers the response', (response, world) =>
    world.note(String(response.end('text') === response)),
  ),
  answering('end() twice', (response) => {
    response.on('error', () => undefined);
    response.end('first');
    response.end('second');
  }),
  answering('end() twice, with a callback', (response, world) => {
    response.on('error', () => undefined);
    response.end('first');
    response.end(heard(world, 'called'));
  }),
  answering('write() after end()', (response, world) => {
    response.on('error', heard(world, 'error'));
    response.end('first ');
    response.write('second');
  }),
  answering('headersSent and writableEnded after end()', (response, world) => {
    response.end('text');
    world.note(`${response.headersSent} ${response.writableEnded}`);
  }),
  answering('setHeader() after end()', (response, world) => {
    response.end('text');
    attempt(world, () => response.setHeader('X-Late', '1'));
  }),
  answering('removeHeader() after end()', (response, world) => {
    response.setHeader('X-Early', '1');
    response.end('text');
    attempt(world, () => response.removeHeader('X-Early'));
  }),
  answering('setHeader() after write()', (response, world) => {
    response.write('te');
    attempt(world, () => response.setHeader('X-Late', '1'));
    response.end('xt');
  }),
  answering('statusCode after end()', (response) => {
    response.end('text');
    response.statusCode = 404;
  }),
  answering('finish and close', (response, world) => {
    response.on('finish', heard(world, 'finish'));
    response.end('text');
  }),
  answering('prefinish of a stream', (response, world) => {
    response.on('prefinish', heard(world, 'prefinish'));
    response.write('te');
    response.end('xt');
  }),
];

const heads: readonly Scenario[] = [
  answering('writeHead(status)', (response) => response.writeHead(201).end('text')),
  answering('writeHead(status, message)', (response) =>
    response.writeHead(201, 'Made').end('text'),
  ),
  answering('writeHead(status, headers)', (response) =>
    response.writeHead(201, { 'X-A': 'a', 'x-b': ['b', 'c'] }).end('text'),
  ),
  answering('writeHead(status, message, headers)', (response) =>
    response.writeHead(201, 'Made', { 'X-A': 'a' }).end('text'),
  ),
  answering('writeHead(status, flat array)', (response) =>
    response.writeHead(200, ['X-A', 'a', 'X-A', 'b', 'X-C', 'c']).end('text'),
  ),
  answering('writeHead(status, message, flat array)', (response) =>
    response.writeHead(200, 'Fine', ['X-A', 'a']).end('text'),
  ),
  answering('writeHead(status, array of pairs)', (response) =>
    Reflect.apply(response.writeHead, response, [
      200,
      [
        ['X-A', 'a'],
        ['X-B', 'b'],
      ],
    ]).end('text'),
  ),
  answering('writeHead(status, undefined)', (response) =>
    Reflect.apply(response.writeHead, response, [200, undefined]).end('text'),
  ),
  answering('writeHead() with a number as a header', (response) =>
    response.writeHead(200, { 'Content-Length': 4 }).end('text'),
  ),
  answering('writeHead() with a Set-Cookie', (response) =>
    response.writeHead(200, { 'Set-Cookie': 'a=1' }).end('text'),
  ),
  answering('writeHead() with two Set-Cookies', (response) =>
    response.writeHead(200, { 'Set-Cookie': ['a=1', 'b=2'] }).end('text'),
  ),
  answering('writeHead() with a Set-Cookie beside one that is set', (response) => {
    response.setHeader('Set-Cookie', 'a=1');
    response.writeHead(200, { 'Set-Cookie': 'b=2' }).end('text');
  }),
  answering('writeHead() with a Set-Cookie in a flat array', (response) =>
    response.writeHead(200, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']).end('text'),
  ),
  answering('writeHead() over headers that are set', (response) => {
    response.setHeader('X-A', 'first');
    response.setHeader('X-B', 'b');
    response.writeHead(200, { 'x-a': 'second' }).end('text');
  }),
  answering('writeHead() with a flat array over headers that are set', (response) => {
    response.setHeader('X-A', 'first');
    response.writeHead(200, ['x-a', 'second']).end('text');
  }),
  answering('writeHead() twice', (response, world) => {
    response.writeHead(200);
    attempt(world, () => response.writeHead(201));
    response.end('text');
  }),
  answering('writeHead() of a status that is none', (response) =>
    response.writeHead(99).end('text'),
  ),
  answering(
    'writeHead() of a header that is none',
    (response) => response.writeHead(200, { 'a b': 'c' }).end('text'),
    { requests: ['/changed', '/look'] },
  ),
  answering('writeHead(), then a long while later end()', (response) => {
    response.writeHead(200, { 'X-A': 'a' });
    setImmediate(() => response.end('text'));
  }),
  answering('setHeader() after writeHead()', (response, world) => {
    response.writeHead(200);
    attempt(world, () => response.setHeader('X-A', 'a'));
    response.end('text');
  }),
  answering('headers after end(), by every method', (response, world) => {
    response.end('text');
    attempt(world, () => response.setHeader('X-A', 'a'));
    attempt(world, () => response.appendHeader('X-A', 'a'));
    attempt(world, () => response.removeHeader('X-A'));
    attempt(world, () => response.setHeaders(new Map([['X-A', 'a']])));
  }),
  answering('statusCode and statusMessage', (response) => {
    response.statusCode = 418;
    response.statusMessage = 'Short and stout';
    response.end('text');
  }),
  answering('appendHeader() and setHeaders()', (response) => {
    response.appendHeader('X-A', 'a').appendHeader('X-A', 'b');
    response.setHeaders(new Headers({ 'X-C': 'c' }));
    response.end('text');
  }),
  answering('removeHeader()', (response) => {
    response.setHeader('X-A', 'a');
    response.removeHeader('X-A');
    response.removeHeader('Connection');
    response.end('text');
  }),
  answering('sendDate false', (response) => {
    response.sendDate = false;
    response.end('text');
  }),
  answering('a Vary and a Cache-Control of the application', (response) => {
    response.setHeader('Vary', 'Accept');
    response.setHeader('Cache-Control', 'private');
    response.end('text');
  }),
];

const streams: readonly Scenario[] = [
  answering('write() and end()', (response) => {
    response.write('one ');
    response.end('two');
  }),
  answering('write() many times', (response) => {
    for (let index = 0; index < 50; index += 1) response.write(`${index} `);
    response.end();
  }),
  answering('write() with callbacks', (response, world) => {
    response.write('one ', () => world.note('one'));
    response.write('two', () => world.note('two'));
    response.end();
  }),
  answering('write() with encodings and bytes', (response) => {
    response.write('6f6e65', 'hex');
    response.write(BYTES);
    response.write(new Uint8Array(BYTES));
    response.end();
  }),
  answering('write() over several turns', (response) => {
    response.write('one ');
    setImmediate(() => {
      response.write('two ');
      setImmediate(() => response.end('three'));
    });
  }),
  answering('a Readable in a pipe', (response) =>
    Readable.from(['one ', 'two ', 'three']).pipe(response),
  ),
  answering('a Readable of 2 MB in a pipe', (response) =>
    Readable.from(Array.from({ length: 200 }, () => 'x'.repeat(10_000))).pipe(response),
  ),
  answering('write() of more than the socket takes, and drain', (response, world) => {
    if (response.write('x'.repeat(1_000_000))) world.note('no need to wait');
    response.once('drain', () => response.end('drained'));
  }),
  answering('write() of an empty text', (response) => {
    response.write('');
    response.end('text');
  }),
  answering('write() of nothing', (response) => {
    Reflect.apply(response.write, response, [null]);
    response.end('text');
  }),
  answering('flushHeaders(), then end()', (response) => {
    response.flushHeaders();
    response.end('text');
  }),
  answering('flushHeaders() twice, then writes', (response) => {
    response.flushHeaders();
    response.flushHeaders();
    response.write('one ');
    response.end('two');
  }),
  answering('cork(), writes, uncork()', (response) => {
    response.cork();
    response.write('one ');
    response.write('two');
    response.uncork();
    response.end();
  }),
  answering('the session changes while the response streams', (response, _world, request) => {
    response.write('one ');
    request.session['late'] = true;
    response.end('two');
  }),
  answering('the session changes after flushHeaders()', (response, _world, request) => {
    response.flushHeaders();
    request.session['late'] = true;
    response.end('two');
  }),
  answering('the session changes in a later turn of a stream', (response, _world, request) => {
    response.write('one ');
    setImmediate(() => {
      request.session['late'] = true;
      response.end('two');
    });
  }),
  answering('the session is destroyed while the response streams', (response, _world, request) => {
    response.write('one ');
    setImmediate(() => request.session.destroy(() => response.end('two')));
  }),
  answering(
    'the session is set to null while the response streams',
    (response, _world, request) => {
      response.write('one ');
      setImmediate(() => {
        Reflect.set(request, 'session', null);
        response.end('two');
      });
    },
  ),
  answering('the session changes after end()', (response, _world, request) => {
    response.end('text');
    request.session['late'] = true;
  }),
  answering('destroy() of the response', (response) => response.destroy()),
];

const framed: readonly Scenario[] = [
  answering('a Content-Length of the application', (response) => {
    response.setHeader('Content-Length', 4);
    response.end('text');
  }),
  answering('a Content-Length and no body', (response) => {
    response.setHeader('Content-Length', 0);
    response.end();
  }),
  answering('a Content-Length and a stream', (response) => {
    response.setHeader('Content-Length', 8);
    response.write('some');
    response.end('text');
  }),
  answering('a Content-Length of bytes beyond ASCII', (response) => {
    const text = 'kůň 馬';
    response.setHeader('Content-Length', Buffer.byteLength(text));
    response.end(text);
  }),
  answering('a Content-Length of one byte', (response) => {
    response.setHeader('Content-Length', '1');
    response.end('1');
  }),
  answering('trailers', (response) => {
    response.setHeader('Trailer', 'X-Sum');
    response.write('text');
    response.addTrailers({ 'X-Sum': '4' });
    response.end();
  }),
  answering('status 204', (response) => {
    response.statusCode = 204;
    response.end();
  }),
  answering('status 204 with a body', (response) => {
    response.statusCode = 204;
    response.end('text');
  }),
  answering('status 304', (response) => {
    response.statusCode = 304;
    response.setHeader('ETag', '"a"');
    response.end();
  }),
  answering('a redirect by hand', (response) =>
    response.writeHead(302, { Location: '/look' }).end(),
  ),
  answering('HEAD', (response) => response.end('text'), {
    requests: [
      { path: '/changed', method: 'HEAD' },
      { path: '/untouched', method: 'HEAD' },
      '/look',
    ],
  }),
  answering(
    'HEAD with a Content-Length',
    (response) => {
      response.setHeader('Content-Length', 4);
      response.end('text');
    },
    {
      requests: [
        { path: '/changed', method: 'HEAD' },
        { path: '/untouched', method: 'HEAD' },
        '/look',
      ],
    },
  ),
  answering(
    'HEAD of a stream',
    (response) => {
      response.write('one ');
      response.end('two');
    },
    {
      requests: [
        { path: '/changed', method: 'HEAD' },
        { path: '/untouched', method: 'HEAD' },
        '/look',
      ],
    },
  ),
  answering('writeContinue(), then the response', (response) => {
    response.writeContinue();
    response.end('text');
  }),
  answering('writeProcessing(), then the response', (response) => {
    response.writeProcessing();
    response.end('text');
  }),
  answering('writeEarlyHints(), then the response', (response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
    response.end('text');
  }),
  answering('the framing of a body given whole', (response) => response.end('text'), {
    exactly: ['whole-body'],
  }),
  answering('the headers that caches read', (response) => response.end('text'), {
    exactly: ['cache-headers'],
  }),
  answering(
    'the headers that caches read, set by the application',
    (response) => {
      response.setHeader('Cache-Control', 'public, max-age=60');
      response.end('text');
    },
    { exactly: ['cache-headers'] },
  ),
];

export const responses: readonly Scenario[] = [...ends, ...heads, ...streams, ...framed];
