import '../../support/session-data.js';
import { once } from 'node:events';
import { createServer, request as httpsRequest } from 'node:https';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { createSessionMiddleware, Session, SessionModule } from 'nestjs-sesame';
import type { SessionModuleOptions, SessionOptions } from 'nestjs-sesame';
import { generate } from 'selfsigned';
import { SECRET } from '../../support/applications/nest-app.js';

/** A certificate for localhost, which the clients of this file trust. */
let httpsOptions: { readonly key: string; readonly cert: string };
const running: { close(): unknown }[] = [];

beforeAll(async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
  httpsOptions = { key, cert };
});

afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

@Controller()
class CountController {
  @Get()
  count(@Session() session: Session): number {
    session.count = (session.count ?? 0) + 1;
    return session.count;
  }
}

/** Starts a Nest application that serves TLS itself, without a proxy; returns its address. */
async function start(options: Partial<SessionModuleOptions>): Promise<string> {
  const module = await Test.createTestingModule({
    imports: [SessionModule.forRoot({ secret: SECRET, ...options })],
    controllers: [CountController],
  }).compile();
  const app: INestApplication = module.createNestApplication({ httpsOptions, logger: false });
  running.push(app);
  await app.listen(0, 'localhost');
  return app.getUrl();
}

/** The same without Nest and Express, by `node:https`. */
async function startPlain(options: Partial<SessionOptions>): Promise<string> {
  const middleware = createSessionMiddleware({ secret: SECRET, ...options });
  const server = createServer(httpsOptions, (request, response) => {
    middleware(request, response, () => {
      const session = Object(Reflect.get(request, 'session'));
      session.count = (Number(session.count) || 0) + 1;
      response.end(String(session.count));
    });
  });
  running.push(server.listen(0, 'localhost'));
  await once(server, 'listening');
  const address = server.address();
  return `https://localhost:${typeof address === 'object' ? address?.port : ''}`;
}

/** A visit on a connection of its own. */
async function visit(origin: string, cookie = ''): Promise<{ body: string; setCookie: string }> {
  const { port } = new URL(origin);
  const target = { host: 'localhost', port, ca: httpsOptions.cert, agent: false } as const;
  const request = httpsRequest({ ...target, headers: { cookie } }).end();
  const [response] = await once(request, 'response');
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { body, setCookie: String(response.headers['set-cookie'] ?? '') };
}

describe.each([
  ['a Nest application', start],
  ['a plain server', startPlain],
])('%s that serves TLS itself', (_server, begin) => {
  it.each([
    ['by default', {}, true, 'Lax'],
    ['with secure: true', { secure: true }, true, 'Lax'],
    ["with secure and sameSite 'auto'", { secure: 'auto', sameSite: 'auto' }, true, 'None'],
    ['with secure: false', { secure: false }, false, 'Lax'],
  ] as const)('recognises its sessions, %s', async (_name, cookie, isSecure, sameSite) => {
    const origin = await begin({ cookie });
    const first = await visit(origin);
    expect(/; Secure/.test(first.setCookie)).toBe(isSecure);
    expect(/SameSite=(\w+)/.exec(first.setCookie)?.[1]).toBe(sameSite);
    const [pair] = first.setCookie.split(';');
    expect((await visit(origin, pair)).body).toBe('2');
  });

  it('can use the __Host- prefix, with which browsers bind a cookie to its host', async () => {
    const origin = await begin({ name: '__Host-session', cookie: { secure: true } });
    const { setCookie } = await visit(origin);
    expect(setCookie).toMatch(/^__Host-session=.*; Path=\/.*; Secure/);
    expect(setCookie).not.toContain('Domain');
    expect((await visit(origin, setCookie.split(';')[0])).body).toBe('2');
  });
});
