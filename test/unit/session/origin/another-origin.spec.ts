import { describe, expect, it } from '@jest/globals';
import { isFromAnotherOrigin } from '../../../../lib/session/origin/another-origin.js';
import type { Sender } from '../../../../lib/session/origin/another-origin.js';
import { isUnsafe } from '../../../../lib/session/origin/unsafe-method.js';

/** A request to `shop.example` over HTTPS, about which nothing else is known. */
const REQUEST: Sender = {
  fetchSite: undefined,
  origin: undefined,
  hosts: ['shop.example'],
  isHandshake: false,
  isSecure: true,
  cookie: { originalMaxAge: null, secure: 'auto', sameSite: 'lax' },
};

const sameSite = (value: Sender['cookie']['sameSite']): Partial<Sender> => ({
  origin: 'null',
  cookie: { originalMaxAge: null, secure: 'auto', sameSite: value },
});

const PASSES = false;
const REFUSED = true;

const plain = { isSecure: false };
const handshake = { isHandshake: true };

describe('a request', () => {
  it.each<[string, Partial<Sender>, boolean]>([
    ['says nothing, as from curl or another server', {}, PASSES],

    // By Sec-Fetch-Site, whatever else it says.
    ['is of the same origin', { fetchSite: 'same-origin' }, PASSES],
    ['was typed by the user', { fetchSite: 'none' }, PASSES],
    ['is of the same site', { fetchSite: 'same-site' }, REFUSED],
    ['is of another site', { fetchSite: 'cross-site' }, REFUSED],
    ['says something unknown', { fetchSite: 'sideways' }, REFUSED],
    ['says it twice', { fetchSite: 'same-origin, same-origin' }, REFUSED],
    ['says nothing in so many words', { fetchSite: '' }, REFUSED],
    [
      'is from the same origin, behind a proxy that hides the host',
      { fetchSite: 'same-origin', origin: 'https://shop.example', hosts: ['10.0.0.7:3000'] },
      PASSES,
    ],
    [
      'was redirected back from another site',
      { fetchSite: 'cross-site', origin: 'https://shop.example' },
      REFUSED,
    ],
    ['hides its origin, and is ours', { fetchSite: 'same-origin', origin: 'null' }, PASSES],
    ['hides its origin, and is not', { fetchSite: 'cross-site', origin: 'null' }, REFUSED],

    // By Origin and Host.
    ['names its own host', { origin: 'https://shop.example' }, PASSES],
    ['names another host', { origin: 'https://evil.example' }, REFUSED],
    ['names a host below', { origin: 'https://evil.shop.example' }, REFUSED],
    ['names a host that ends like ours', { origin: 'https://evilshop.example' }, REFUSED],
    ['names a host that begins like ours', { origin: 'https://shop.example.evil' }, REFUSED],
    ['names another port', { origin: 'https://shop.example:8443' }, REFUSED],
    ['names the port that everybody means', { origin: 'https://shop.example:443' }, PASSES],
    [
      'is for a host with that port',
      { origin: 'https://shop.example', hosts: ['shop.example:443'] },
      PASSES,
    ],
    [
      'is for the same, non-default port',
      { origin: 'https://shop.example:8443', hosts: ['shop.example:8443'] },
      PASSES,
    ],
    [
      'is for a host in capitals',
      { origin: 'https://shop.example', hosts: ['Shop.Example'] },
      PASSES,
    ],
    ['comes over HTTPS from plain HTTP', { origin: 'http://shop.example' }, REFUSED],
    [
      'comes over plain HTTP from HTTPS, as behind a proxy that ends TLS',
      { ...plain, origin: 'https://shop.example' },
      PASSES,
    ],
    ['comes over plain HTTP from there', { ...plain, origin: 'http://shop.example' }, PASSES],
    ['is of an app', { origin: 'capacitor://shop.example' }, REFUSED],
    ['names no origin', { origin: 'shop.example' }, REFUSED],
    ['names more than an origin', { origin: 'https://shop.example/' }, REFUSED],
    ['names two', { origin: 'https://shop.example, https://shop.example' }, REFUSED],
    ['names a user', { origin: 'https://shop.example@evil.example' }, REFUSED],
    ['names an empty one', { origin: '' }, REFUSED],
    ['is for no host', { origin: 'https://shop.example', hosts: [] }, REFUSED],
    [
      'is for a forwarded host',
      { origin: 'https://shop.example', hosts: ['10.0.0.7', 'shop.example'] },
      PASSES,
    ],
    [
      'is for neither',
      { origin: 'https://evil.example', hosts: ['10.0.0.7', 'shop.example'] },
      REFUSED,
    ],

    // An origin that is hidden.
    ['hides its origin, SameSite=Lax', sameSite('lax'), PASSES],
    ['hides its origin, SameSite=Strict', sameSite('strict'), PASSES],
    ['hides its origin, SameSite=Strict by true', sameSite(true), PASSES],
    ['hides its origin, SameSite=None', sameSite('none'), REFUSED],
    ['hides its origin, no SameSite', sameSite(false), REFUSED],
    ["hides its origin, 'auto' over HTTPS", sameSite('auto'), REFUSED],
    ["hides its origin, 'auto' over plain HTTP", { ...plain, ...sameSite('auto') }, PASSES],

    // Handshakes.
    ['is a handshake without an origin', handshake, PASSES],
    ['is a handshake of its own origin', { ...handshake, origin: 'https://shop.example' }, PASSES],
    ['is a handshake of another', { ...handshake, origin: 'https://evil.example' }, REFUSED],
    [
      'is a handshake of the same site',
      { ...handshake, origin: 'https://a.shop.example' },
      REFUSED,
    ],
    ['is a handshake of a sandbox', { ...handshake, origin: 'null' }, REFUSED],
    [
      'is a handshake whose origin speaks against its site',
      { ...handshake, fetchSite: 'same-origin', origin: 'https://evil.example' },
      REFUSED,
    ],
    [
      'is a handshake of its own origin, whatever its site',
      { ...handshake, fetchSite: 'cross-site', origin: 'https://shop.example' },
      PASSES,
    ],
  ])('that %s', (_what, said, isRefused) => {
    expect(isFromAnotherOrigin({ ...REQUEST, ...said })).toBe(isRefused);
  });
});

describe('between names of this machine', () => {
  const OWN = ['localhost', '127.0.0.1', '127.8.9.1', '[::1]'];
  const pairs = OWN.flatMap((page) => OWN.map((host) => [page, host] as const));

  it.each(pairs)('a page at %s may use a server at %s, on any port', (page, host) => {
    const said = { origin: `http://${page}:5173`, hosts: [`${host}:3000`], isSecure: false };
    for (const fetchSite of ['same-site', 'cross-site', undefined]) {
      expect(isFromAnotherOrigin({ ...REQUEST, ...said, fetchSite })).toBe(PASSES);
    }
    expect(isFromAnotherOrigin({ ...REQUEST, ...said, ...handshake })).toBe(PASSES);
  });

  it.each<[string, string, readonly string[]]>([
    ['the host is on another', 'http://localhost:5173', ['shop.example']],
    ['the page is on another', 'https://evil.example', ['localhost:3000']],
    ['a name only looks like it', 'http://localhost.evil.example', ['localhost:3000']],
    ['an address only looks like it', 'http://127.0.0.1.evil.example', ['localhost:3000']],
    ['it is not the machine itself', 'http://192.168.0.7:5173', ['localhost:3000']],
    ['a proxy of the machine forwards it', 'http://localhost:1', ['127.0.0.1', 'shop.example']],
    ['it is an app', 'capacitor://localhost', ['localhost:3000']],
    ['the page hides its origin', 'null', ['localhost:3000']],
    ['no host is named', 'http://localhost:5173', []],
  ])('not where %s', (_what, origin, hosts) => {
    const said = { origin, hosts, fetchSite: 'cross-site' };
    expect(isFromAnotherOrigin({ ...REQUEST, ...said })).toBe(REFUSED);
  });
});

describe('a method', () => {
  it.each<[string | undefined, string | undefined, boolean]>([
    ['GET', undefined, false],
    ['HEAD', undefined, false],
    ['OPTIONS', undefined, false],
    ['TRACE', undefined, false],
    ['POST', undefined, true],
    ['PUT', undefined, true],
    ['PATCH', undefined, true],
    ['DELETE', undefined, true],
    ['PURGE', undefined, true],
    ['get', undefined, true],
    [undefined, undefined, true],
    ['DELETE', 'GET', true],
    ['GET', 'POST', true],
    ['DELETE', 'POST', true],
    ['HEAD', 'GET', false],
  ])('%s in the place of %s may change something: %s', (method, methodOnWire, may) => {
    expect(isUnsafe({ method, methodOnWire })).toBe(may);
  });
});
