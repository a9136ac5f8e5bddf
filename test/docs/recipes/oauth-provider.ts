import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** An OAuth 2.0 provider as small as can be, where everybody is Ada. It insists on PKCE (S256). */
export class OAuthProvider {
  /** The `code_challenge` of each code that it gave out and nobody redeemed. */
  readonly codes = new Map<string, string>();

  private constructor(
    readonly origin: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<OAuthProvider> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('There is no port.');
    const provider = new OAuthProvider(`http://127.0.0.1:${address.port}`, server);
    server.on('request', (request, response) => void provider.answer(request, response));
    return provider;
  }

  /** What Ada's browser does with the redirect to the provider: it comes back with this query. */
  async consent(location: string): Promise<URLSearchParams> {
    const response = await fetch(location, { redirect: 'manual' });
    return new URL(response.headers.get('location') ?? 'none:').searchParams;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', this.origin);
    if (pathname === '/authorize') return this.authorize(searchParams, response);
    if (pathname === '/token') return this.redeem(await text(request), response);
    response.end(JSON.stringify({ sub: 'ada' })); // userinfo
  }

  private authorize(asked: URLSearchParams, response: ServerResponse): void {
    const code = randomUUID();
    this.codes.set(code, asked.get('code_challenge') ?? 'none');
    const back = new URL(asked.get('redirect_uri') ?? 'none:');
    back.searchParams.set('code', code);
    back.searchParams.set('state', asked.get('state') ?? 'none');
    response.writeHead(302, { location: back.href }).end();
  }

  private redeem(form: string, response: ServerResponse): void {
    const { code = '', code_verifier: verifier = '' } = Object.fromEntries(
      new URLSearchParams(form),
    );
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const isProven = this.codes.get(code) === challenge;
    this.codes.delete(code);
    response.writeHead(isProven ? 200 : 400, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isProven ? { access_token: 'ada', token_type: 'Bearer' } : {}));
  }
}
