import { describe, expect, it } from '@jest/globals';
import {
  mistakeInOrigin,
  parseTrustedOrigin,
  standsFor,
} from '../../../../lib/options/cross-origin/trusted-origin.js';
import { parseOrigin } from '../../../../lib/options/cross-origin/web-origin.js';

function isTrusted(entry: string, text: string): boolean {
  const [trusted, origin] = [parseTrustedOrigin(entry), parseOrigin(text)];
  return trusted !== undefined && origin !== undefined && standsFor(trusted, origin);
}

describe('a trusted origin', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    [
      'https://app.example',
      ['https://app.example', 'https://app.example:443'],
      ['http://app.example', 'https://app.example:8443', 'https://x.app.example', 'null'],
    ],
    ['https://APP.example:443', ['https://app.example'], ['https://app.example:80']],
    [
      'http://localhost:5173',
      ['http://localhost:5173'],
      ['http://localhost', 'http://localhost:3000'],
    ],
    ['https://münchen.example', ['https://xn--mnchen-3ya.example'], ['https://munchen.example']],
    ['http://127.1:80', ['http://127.0.0.1'], ['http://127.0.0.2']],
    ['https://[::1]:8443', ['https://[::1]:8443'], ['https://[::2]:8443']],
    ['capacitor://localhost', ['capacitor://localhost'], ['ionic://localhost', 'http://localhost']],
    ['chrome-extension://abcdef', ['chrome-extension://abcdef'], ['chrome-extension://abc']],
    [
      'https://*.shop.example',
      ['https://a.shop.example', 'https://b.a.shop.example'],
      ['https://shop.example', 'https://.shop.example', 'https://evilshop.example'].concat([
        'http://a.shop.example',
        'https://a.shop.example:8443',
        'https://a.shop.example.evil',
        'https://shop.example.evil',
      ]),
    ],
    ['https://*.shop.example:8443', ['https://a.shop.example:8443'], ['https://a.shop.example']],
    ['http://*.münchen.example', ['http://a.xn--mnchen-3ya.example'], ['http://a.example']],
  ])('%s stands for %j, and not for %j', (entry, origins, others) => {
    expect(mistakeInOrigin(entry)).toBeUndefined();
    expect(origins.filter((origin) => !isTrusted(entry, origin))).toEqual([]);
    expect(others.filter((origin) => isTrusted(entry, origin))).toEqual([]);
  });
});
