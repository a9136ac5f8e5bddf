// Visitors with a session each, made by the application itself; and the checks that it is right.
import { contentOf, nameOf } from '../apps/content.mjs';
import { forEach, send } from './http-client.mjs';
import { exchangeFor, valueOf } from './routes.mjs';

/** Well within the touch interval of a minute. */
const COMES_AGAIN_AFTER = 45_000;

export class Visitors {
  constructor(app, size, count, attributes) {
    this.app = app;
    this.size = size;
    this.attributes = attributes;
    this.list = Array.from({ length: count }, (_, number) => ({
      number,
      cookie: '',
      values: [valueOf(0)],
    }));
    this.written = 0;
    this.seenAt = 0;
  }

  /** A value that no request has written yet. */
  newValue() {
    this.written += 1;
    return valueOf(this.written);
  }

  async seed() {
    const { sessions } = this.app.app;
    if (sessions === 'nowhere') return;
    this.seenAt = Date.now();
    await forEach(this.list, async (visitor) => {
      const shape = [this.size, this.attributes].filter((one) => one !== undefined).join('/');
      const path = `/seed/${visitor.number}/${shape}`;
      if (sessions === 'by-hand') visitor.cookie = `key=floor:${visitor.number}-${this.size}`;
      const { cookie } = visitor;
      const answer = await send(this.app.port, { method: 'PUT', path, cookie });
      this.require(answer.status === 200, `PUT ${path}`, answer);
      keepCookies(visitor, answer);
      this.require(visitor.cookie !== '', `PUT ${path}`, answer);
    });
  }

  /** Each visitor writes once, so that no session is due for a touch in the rounds that follow. */
  async comeAgainIfDue() {
    if (this.app.app.sessions === 'nowhere') return;
    if (Date.now() - this.seenAt <= COMES_AGAIN_AFTER) return;
    this.seenAt = Date.now();
    await forEach(this.list, (visitor) => this.check('write', visitor));
  }

  /** Makes one request, and checks that its answer and its cookie are right. */
  async ask(route, visitor) {
    const value = this.newValue();
    const exchange = exchangeFor(route, visitor, this.app.app.sessions, value);
    const answer = await send(this.app.port, exchange);
    this.requireAnswer(exchange, answer);
    if (exchange.cookie !== undefined) keepCookies(visitor, answer);
    else this.requireCookie(exchange, answer);
    if (route === 'write') visitor.values = [value];
    return { answer, value, isStored: exchange.setsCookie };
  }

  /** The same, and also checks that what a first visit stores can be read again. */
  async check(route, visitor) {
    const { answer, value, isStored } = await this.ask(route, visitor);
    if (isStored) await this.checkStored(answer, value);
  }

  /** The whole stored session, attribute by attribute. */
  async checkContent(visitor) {
    if (this.app.app.sessions === 'nowhere') return;
    const { cookie } = visitor;
    const answer = await send(this.app.port, { method: 'GET', path: '/content', cookie });
    const { value, ...rest } = JSON.parse(answer.body);
    const { value: _, ...expected } = contentOf(visitor.number, this.size, this.attributes);
    const isRight = JSON.stringify(rest) === JSON.stringify(expected);
    this.require(
      isRight && visitor.values.includes(value),
      `the session of ${nameOf(visitor.number)}`,
      answer,
    );
    visitor.values = [value];
    keepCookies(visitor, answer);
  }

  /** A load wrote these values; only the sessions can tell which came last for each visitor. */
  wereWritten(values) {
    if (this.app.app.sessions === 'cookie') return; // the load keeps no cookie
    for (const visitor of this.list) visitor.values.push(...values);
  }

  async checkStored(answer, value) {
    const visitor = { cookie: '' };
    keepCookies(visitor, answer);
    const request = { method: 'GET', path: '/content', cookie: visitor.cookie };
    const content = await send(this.app.port, request);
    const isRight = content.body === JSON.stringify({ value });
    this.require(isRight, 'what a first visit stored', content);
  }

  requireAnswer({ method, path, body }, answer) {
    this.require(answer.status === 200 && answer.body === body, `${method} ${path}`, answer);
  }

  requireCookie({ method, path, setsCookie }, answer) {
    const isRight = answer.setCookies.length > 0 === setsCookie;
    this.require(isRight, `${method} ${path} (is a cookie set? ${setsCookie})`, answer);
  }

  require(isRight, what, answer) {
    if (isRight) return;
    throw new WrongAnswer(`${this.app.app.name}: ${what}: ${JSON.stringify(answer)}`);
  }
}

/** A wrong answer: nothing measured with it is worth anything. */
export class WrongAnswer extends Error {}

function keepCookies(visitor, { setCookies }) {
  if (setCookies.length === 0) return;
  const jar = new Map(visitor.cookie.split('; ').filter(Boolean).map(pairOf));
  for (const setCookie of setCookies) jar.set(...pairOf(setCookie.split(';')[0]));
  visitor.cookie = [...jar].map((pair) => pair.join('=')).join('; ');
}

function pairOf(text) {
  const equals = text.indexOf('=');
  return [text.slice(0, equals), text.slice(equals + 1)];
}
