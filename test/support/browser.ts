/** A response as a test looks at it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; `undefined` if it is not JSON. */
  readonly body: unknown;
  /** The `Set-Cookie` headers of this answer. */
  readonly setCookies: readonly string[];
}

/** A cookie as a browser keeps it. */
interface KeptCookie {
  readonly value: string;
  /** When the browser drops it, by its own clock. */
  readonly until: number;
}

/** Keeps cookies between requests to one server, in the way and for as long as a browser does. */
export class Browser {
  private readonly cookies = new Map<string, KeptCookie>();

  /** @param clock what time it is for the browser */
  constructor(
    readonly origin: string,
    cookies: ReadonlyMap<string, string> = new Map(),
    private readonly clock: () => number = Date.now,
  ) {
    for (const [name, value] of cookies) this.cookies.set(name, { value, until: Infinity });
  }

  /** Another browser with the same cookies. */
  copy(origin = this.origin): Browser {
    const copy = new Browser(origin, undefined, this.clock);
    for (const [name, cookie] of this.cookies) copy.cookies.set(name, cookie);
    return copy;
  }

  cookie(name = 'connect.sid'): string | undefined {
    return this.live().get(name);
  }

  get(path: string, init: RequestInit = {}): Promise<Answer> {
    return this.send(path, init);
  }

  post(path: string, body?: unknown, init: RequestInit = {}): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    const json = body === undefined ? {} : { headers, body: JSON.stringify(body) };
    return this.send(path, { method: 'POST', ...json, ...init });
  }

  async send(path: string, init: RequestInit): Promise<Answer> {
    const headers = new Headers(init.headers);
    const header = this.header();
    if (header !== '' && !headers.has('cookie')) headers.set('cookie', header);
    const response = await fetch(this.origin + path, { redirect: 'manual', ...init, headers });
    const setCookies = response.headers.getSetCookie();
    for (const cookie of setCookies) this.keep(cookie);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: parse(text),
      setCookies,
    };
  }

  private header(): string {
    return [...this.live()].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  private live(): Map<string, string> {
    const live = [...this.cookies].filter(([, { until }]) => until > this.clock());
    return new Map(live.map(([name, { value }]) => [name, value]));
  }

  private keep(setCookie: string): void {
    const [pair = '', ...attributes] = setCookie.split(/; */);
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    this.cookies.set(name, { value, until: this.endOf(attributes) });
  }

  /** `Max-Age` takes precedence over `Expires` (RFC 6265bis, 5.7). */
  private endOf(attributes: readonly string[]): number {
    const told = new Map(
      attributes.map((attribute) => {
        const [name = '', value = ''] = attribute.split(/=(.*)/s);
        return [name.toLowerCase(), value];
      }),
    );
    const maxAge = told.get('max-age');
    if (maxAge !== undefined) return this.clock() + Number(maxAge) * 1_000;
    const expires = told.get('expires');
    return expires === undefined ? Infinity : new Date(expires).getTime();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
