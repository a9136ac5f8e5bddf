import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import express from 'express';
import { createSessionMiddleware, Session } from 'nestjs-sesame';
import type { SessionOptions } from 'nestjs-sesame';
import { closeServers, listen } from '../../support/applications/http-server.js';
import { closeApps, SECRET, startApp } from '../../support/applications/nest-app.js';

afterEach(async () => {
  await closeServers();
  await closeApps();
});

/** What the functions of the options were told of each request. */
interface Seen {
  readonly by: 'cookie' | 'genid';
  readonly url: string | undefined;
  readonly path?: unknown;
}

function watching() {
  const seen: Seen[] = [];
  let made = 0;
  const note = (by: Seen['by'], request: IncomingMessage): void => {
    // How an application may have worked around the shortened URL until now.
    const around = Reflect.get(request, 'baseUrl') ?? '';
    const path: unknown = Reflect.get(request, 'path') ?? request.url?.split('?')[0];
    seen.push({ by, url: request.url, path: `${around}${String(path)}` });
  };
  const options: SessionOptions = {
    secret: SECRET,
    cookie: (request) => {
      note('cookie', request);
      return {};
    },
    genid: (request) => {
      note('genid', request);
      made += 1;
      return `an id of the tests, number ${made}`;
    },
  };
  return { seen, options };
}

const WHOLE = { url: '/shop/admin/cart?item=tea', path: '/shop/admin/cart' };
const BOTH = [
  { by: 'cookie', ...WHOLE },
  { by: 'genid', ...WHOLE },
];

describe('the functions cookie and genid see the URL that the client sent', () => {
  it('on node:http', async () => {
    const { seen, options } = watching();
    const session = createSessionMiddleware(options);
    const server = await listen((request, response) => {
      session(request, response, () => response.end(String(Reflect.get(request, 'sessionID'))));
    });
    await server.browser().get(WHOLE.url);
    expect(seen).toEqual(BOTH);
  });

  it.each([
    ['on the whole application', '/'],
    ['on a path', '/shop'],
    ['on all of the path', '/shop/admin/cart'],
  ])('on Express, %s', async (_where, mount) => {
    const { seen, options } = watching();
    const app = express();
    const cut: unknown[] = [];
    app.use(mount, createSessionMiddleware(options), (request, response) => {
      response.end(request.sessionID);
      cut.push(request.url, request.baseUrl);
    });
    await (await listen(app)).browser().get(WHOLE.url);
    expect(seen).toEqual(BOTH);
    const base = mount === '/' ? '' : mount;
    expect(cut).toEqual([WHOLE.url.slice(base.length).replace(/^(?!\/)/, '/'), base]);
  });

  it('on Express, in a router of a router', async () => {
    const { seen, options } = watching();
    const inner = express.Router().use('/admin', createSessionMiddleware(options));
    inner.use('/admin/cart', (request, response) => response.end(request.sessionID));
    const app = express().use('/shop', inner);
    await (await listen(app)).browser().get(WHOLE.url);
    expect(seen).toEqual(BOTH);
  });

  it('on Nest', async () => {
    const { seen, options } = watching();

    @Controller('shop')
    class CartController {
      @Get('admin/cart')
      show(@Session() session: Session): string {
        return session.id;
      }
    }

    const app = await startApp(options, { controllers: [CartController] });
    const browser = app.browser();
    expect((await browser.get(WHOLE.url)).status).toBe(200);
    expect(seen).toEqual(BOTH);
  });
});

it('a cookie function that throws leaves the URL as it was', async () => {
  const app = express();
  const cookie = (): never => {
    throw new Error('no cookie today');
  };
  app.use('/shop', createSessionMiddleware({ secret: SECRET, cookie }));
  app.use(
    (_error: Error, request: express.Request, response: express.Response, _next: unknown) =>
      void response.json([request.url, request.baseUrl]),
  );
  expect((await (await listen(app)).browser().get('/shop/cart')).body).toEqual(['/shop/cart', '']);
});
