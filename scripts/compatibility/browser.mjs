/** Keeps a session cookie, as a browser does. */
export class Browser {
  cookie = '';

  constructor(origin, userAgent) {
    this.origin = origin;
    this.userAgent = userAgent;
  }

  /** @param headers for example what a page says about itself */
  async send(method, path, form, headers = {}) {
    const response = await fetch(this.origin + path, {
      method,
      body: form && new URLSearchParams(form),
      headers: { cookie: this.cookie, 'user-agent': this.userAgent, ...headers },
    });
    for (const header of response.headers.getSetCookie()) this.keep(header);
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** The same browser with its current cookie, whatever happens to that here. */
  copy() {
    const copy = new Browser(this.origin, this.userAgent);
    copy.cookie = this.cookie;
    return copy;
  }

  keep(header) {
    const [pair] = header.split(';', 1);
    this.cookie = /expires=Thu, 01 Jan 1970/i.test(header) ? '' : pair;
  }
}
