/** A response as a test looks at it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; `undefined` when it is none. */
  readonly body: unknown;
  /** The `Set-Cookie` headers of this answer. */
  readonly setCookies: readonly string[];
}

/** Keeps cookies between requests to one server, as a browser does. */
export class Browser {
  private readonly cookies = new Map<string, string>();

  constructor(
    readonly origin: string,
    cookies: ReadonlyMap<string, string> = new Map(),
  ) {
    for (const [name, value] of cookies) this.cookies.set(name, value);
  }

  /** Another browser with the same cookies. */
  copy(origin = this.origin): Browser {
    return new Browser(origin, this.cookies);
  }

  cookie(name = 'connect.sid'): string | undefined {
    return this.cookies.get(name);
  }

  get(path: string, init: RequestInit = {}): Promise<Answer> {
    return this.send(path, init);
  }

  post(path: string, body?: unknown, init: RequestInit = {}): Promise<Answer> {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { 'content-type': 'application/json' };
    return this.send(path, { method: 'POST', headers, ...json, ...init });
  }

  async send(path: string, init: RequestInit): Promise<Answer> {
    const headers = new Headers(init.headers);
    if (this.cookies.size > 0 && !headers.has('cookie')) headers.set('cookie', this.header());
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
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  private keep(setCookie: string): void {
    const [pair = ''] = setCookie.split(';');
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    const expires = /expires=([^;]+)/i.exec(setCookie)?.[1];
    if (expires !== undefined && new Date(expires).getTime() <= Date.now())
      this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
