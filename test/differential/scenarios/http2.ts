import type { Handler, Scenario } from '../support/scenario.js';
import { again, known } from './parts.js';
import { afterwards, count, standardApplication } from './standard-application.js';

function over(name: string, requests: Scenario['requests'], handle?: Handler): Scenario {
  return { name: `HTTP/2: ${name}`, on: ['http2'], requests, ...(handle && { handle }) };
}

const answering =
  (answer: (response: Parameters<Handler>[1]) => unknown): Handler =>
  (request, response, world) => {
    if (request.url === '/look') return standardApplication(request, response, world);
    count(request);
    return answer(response);
  };

export const http2: readonly Scenario[] = [
  over('an untouched new session', ['/untouched']),
  over('a stored session that is only read', [known('/look')]),
  over('a new session', ['/count', '/count', '/look']),
  over('a changed session', [known('/count'), again('/look')]),
  over('a session that ends', [known('/destroy'), again('/look')]),
  over('regenerate()', [known('/regenerate')]),
  over('HEAD', [{ path: '/count', method: 'HEAD' }, '/look']),
  over(
    'a stream',
    ['/', '/look'],
    answering((response) => {
      response.write('one ');
      return afterwards(setImmediate, () => response.end('two'));
    }),
  ),
  over(
    'a stream of one chunk',
    ['/', '/look'],
    answering((response) => {
      response.write('one ');
      response.end();
    }),
  ),
  over(
    'flushHeaders()',
    ['/', '/look'],
    answering((response) => {
      response.flushHeaders();
      response.end('text');
    }),
  ),
  over(
    'writeHead() with headers',
    ['/', '/look'],
    answering((response) => response.writeHead(201, { 'x-a': 'a' }).end('text')),
  ),
  over(
    'a redirect',
    ['/', '/look'],
    answering((response) => response.writeHead(302, { location: '/look' }).end()),
  ),
  over(
    'status 204',
    ['/', '/look'],
    answering((response) => {
      response.statusCode = 204;
      response.end();
    }),
  ),
  over(
    'end() without a body',
    ['/', '/look'],
    answering((response) => response.end()),
  ),
  over(
    'end(text, callback)',
    ['/', '/look'],
    answering((response) => response.end('text', () => undefined)),
  ),
  over(
    'trailers',
    ['/', '/look'],
    answering((response) => {
      response.addTrailers({ 'x-sum': '4' });
      response.write('te');
      response.end('xt');
    }),
  ),
  over('a store that fails', [{ path: '/count', before: ({ store }) => store.fail('set') }]),
  over('an error thrown', ['/'], () => {
    throw new Error('thrown');
  }),
];
