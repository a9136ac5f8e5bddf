import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { All, Controller, Get, HttpCode, Post, Query, Redirect } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import type { Request, Response } from 'express';
import { SessionModule, SessionService } from 'nestjs-sesame';
import { generate } from 'selfsigned';
import { SECRET } from '../../support/applications/nest-app.js';

/** What Chromium sent in a request that may change something, and the response. */
export interface Sent {
  readonly site: string | undefined;
  readonly origin: string | undefined;
  readonly hasCookie: boolean;
  readonly status: number;
}

@Controller()
class WebController {
  constructor(private readonly sessions: SessionService) {}

  /** An empty page, for any site to do something from. */
  @Get('page')
  page(): string {
    return '<!doctype html><title>A page</title>';
  }

  @Get('count')
  counted(): string {
    return String(Reflect.get(this.sessions.current, 'count') ?? 0);
  }

  /** At `/paid`, any origin may. */
  @Post(['count', 'paid'])
  @HttpCode(200)
  count(): string {
    const { current } = this.sessions;
    Reflect.set(current, 'count', Number(Reflect.get(current, 'count') ?? 0) + 1);
    return 'counted';
  }

  /** At `/callback`, any origin may. */
  @All(['login', 'callback'])
  @HttpCode(200)
  async login(): Promise<string> {
    await this.sessions.login('ada');
    return 'signed in';
  }

  @Get('me')
  me(): string {
    return this.sessions.userId ?? 'nobody';
  }

  /** Redirects the browser, with the same method and the same body. */
  @Post('pass-on')
  @Redirect('', 307)
  passOn(@Query('to') url: string): { url: string } {
    return { url };
  }
}

/** One application at every host under `.test`, over TLS on two ports and without it on one. */
export class OpenWeb {
  private constructor(
    /** What was sent so far. */
    readonly sent: Sent[],
    private readonly app: INestApplication,
    private readonly servers: readonly Server[],
    private readonly ports: readonly number[],
  ) {}

  static async start(): Promise<OpenWeb> {
    const module = await Test.createTestingModule({
      imports: [
        SessionModule.forRoot({
          secret: SECRET,
          // The shop at none.test lets its cookie travel with the requests of other sites.
          cookie: ({ headers }) =>
            headers.host?.startsWith('none.test') === true
              ? { sameSite: 'none', secure: true }
              : { sameSite: 'lax' },
          crossOrigin: {
            trustedOrigins: (origin) => origin.startsWith('https://trusted.test:'),
            exclude: ['/callback', '/paid'],
          },
        }),
      ],
      controllers: [WebController],
    }).compile();
    const app = module.createNestApplication<NestExpressApplication>({ logger: false });
    const sent: Sent[] = [];
    app.use((request: Request, response: Response, next: () => void) => {
      if (request.query['referrer'] === 'none') response.set('Referrer-Policy', 'no-referrer');
      if (request.method === 'POST' && request.path !== '/pass-on') note(request, response, sent);
      next();
    });
    await app.init();
    const listener: RequestListener = app.getHttpAdapter().getInstance();
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'shop.test' }]);
    const servers = [
      createTlsServer({ key, cert }, listener),
      createTlsServer({ key, cert }, listener),
      createServer(listener),
    ];
    return new OpenWeb(sent, app, servers, await Promise.all(servers.map(portOf)));
  }

  https(host: string): string {
    return `https://${host}:${this.ports[0]}`;
  }

  httpsElsewhere(host: string): string {
    return `https://${host}:${this.ports[1]}`;
  }

  http(host: string): string {
    return `http://${host}:${this.ports[2]}`;
  }

  async close(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
    await this.app.close();
  }
}

function note({ headers }: Request, response: Response, sent: Sent[]): void {
  const site = headers['sec-fetch-site'];
  sent.push({
    site: typeof site === 'string' ? site : undefined,
    origin: headers.origin,
    hasCookie: headers.cookie !== undefined,
    get status() {
      return response.statusCode;
    },
  });
}

async function portOf(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('It has no port.');
  return address.port;
}
