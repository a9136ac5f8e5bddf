import { describe, expect, it } from '@jest/globals';
import { accept, problemsOf } from '../problems-of.js';

const ORIGINS =
  'give an array of origins such as https://shop.example, https://*.shop.example or capacitor://localhost, or a function (origin) => boolean';
const PATHS =
  "give an array of whole paths such as '/auth/callback', or a function (path) => boolean";

describe('crossOrigin', () => {
  it.each<[unknown, string]>([
    [true, 'is true'],
    ['refuse', "is 'refuse'"],
    [null, 'is null'],
    [['https://app.example'], 'is an array'],
    [() => true, 'is a function'],
  ])('is refused as %p', (crossOrigin, found) => {
    const remedy =
      "give { trustedOrigins, exclude }, either of which may be left out, or 'report', or false";
    expect(problemsOf({ crossOrigin })).toEqual([
      { path: 'crossOrigin', problem: `${found}; ${remedy}` },
    ]);
  });

  it.each<[object, string, string]>([
    [
      { trustedOrigin: [] },
      'crossOrigin.trustedOrigin',
      'did you mean crossOrigin.trustedOrigins?',
    ],
    [{ except: [] }, 'crossOrigin.except', 'the options are trustedOrigins, exclude'],
  ])('knows no other options: %p', (crossOrigin, path, hint) => {
    expect(problemsOf({ crossOrigin })).toEqual([{ path, problem: `is not an option; ${hint}` }]);
  });

  it.each<[object, string]>([
    [{ trustedOrigins: [] }, 'crossOrigin.trustedOrigins'],
    [{ csrf: false }, 'crossOrigin'],
  ])('is where to look for %p', (options, name) => {
    expect(problemsOf(options)[0]?.problem).toBe(`is not an option; did you mean ${name}?`);
  });

  it.each<object>([
    {},
    { trustedOrigins: undefined, exclude: undefined },
    { trustedOrigins: [], exclude: [] },
    { trustedOrigins: ['https://app.example', 'https://*.shop.example:8443'] },
    { trustedOrigins: ['capacitor://localhost', 'chrome-extension://abcdef', 'http://[::1]:5173'] },
    { trustedOrigins: () => true, exclude: () => true },
    { exclude: ['/', '/auth/callback', '/caf%C3%A9'] },
  ])('is accepted as %p', (crossOrigin) => {
    accept({ crossOrigin });
  });

  it.each(['report', false, undefined])('is accepted as %p', (crossOrigin) => {
    accept({ crossOrigin });
  });
});

describe('crossOrigin.trustedOrigins', () => {
  it.each<[unknown, string]>([
    ['https://app.example/', 'ends with a slash; write https://app.example'],
    ['https://app.example:8443/', 'ends with a slash; write https://app.example:8443'],
    ['https://app.example/login', 'has more than scheme, host and port; write https://app.example'],
    ['https://app.example?a=1', 'has more than scheme, host and port; write https://app.example'],
    ['https://app.example#top', 'has more than scheme, host and port; write https://app.example'],
    ['https://*.shop.example/', 'ends with a slash; write https://*.shop.example'],
    ['https://ada:lovelace@app.example', 'holds credentials; write https://app.example'],
    ['app.example', 'has no scheme; write it as in https://shop.example'],
    ['//app.example', 'has no scheme; write it as in https://shop.example'],
    [
      'null',
      "is 'null', which any page can have as its origin; exclude the path that such requests go to",
    ],
    ['*', 'has no scheme; write it as in https://shop.example'],
    [
      'https://*',
      'has a * that is not the whole first part of the host, as in https://*.shop.example',
    ],
    [
      'https://app-*.shop.example',
      'has a * that is not the whole first part of the host, as in https://*.shop.example',
    ],
    [
      'https://app.*.example',
      'has a * that is not the whole first part of the host, as in https://*.shop.example',
    ],
    [
      'https://*.*.example',
      'has a * that is not the whole first part of the host, as in https://*.shop.example',
    ],
    ['https://*.com', 'stands for every host of a top-level domain: https://*.com'],
    ['capacitor://*.shop.example', 'has a *, which only http and https can have'],
    ['https://app.example:port', 'has no valid host and port: https://app.example:port'],
    ['https://app.example:99999', 'has no valid host and port: https://app.example:99999'],
    ['https://app example', 'has no valid host and port: https://app example'],
    ['file://', 'has no valid host and port: file://'],
    ['', 'is an empty string'],
    [undefined, 'is missing'],
    [42, 'is 42'],
    [/shop/, 'is a RegExp'],
  ])('is refused with %p in it', (entry, mistake) => {
    const crossOrigin = { trustedOrigins: ['https://app.example', entry] };
    expect(problemsOf({ crossOrigin })).toEqual([
      { path: 'crossOrigin.trustedOrigins', problem: `has an entry that ${mistake}; ${ORIGINS}` },
    ]);
  });

  it('has all its mistakes reported at once', () => {
    const crossOrigin = { trustedOrigins: ['https://a.example/', 'b.example'] };
    expect(problemsOf({ crossOrigin })[0]?.problem).toBe(
      `has an entry that ends with a slash; write https://a.example; has an entry that has no scheme; write it as in https://shop.example; ${ORIGINS}`,
    );
  });

  it.each<[unknown, string]>([
    ['https://app.example', "is 'https://app.example'"],
    [null, 'is null'],
    [true, 'is true'],
  ])('is refused as %p', (trustedOrigins, found) => {
    expect(problemsOf({ crossOrigin: { trustedOrigins } })).toEqual([
      { path: 'crossOrigin.trustedOrigins', problem: expect.stringContaining(ORIGINS) },
    ]);
    expect(problemsOf({ crossOrigin: { trustedOrigins } })[0]?.problem).toContain(found);
  });
});

describe('crossOrigin.exclude', () => {
  it.each<[unknown, string]>([
    ['auth/callback', 'does not begin with a slash'],
    ['https://app.example/callback', 'does not begin with a slash'],
    ['/webhooks/*', 'is a pattern or has a query: /webhooks/*'],
    ['/webhooks/{*path}', 'is a pattern or has a query: /webhooks/{*path}'],
    ['/webhooks/:id', 'is a pattern or has a query: /webhooks/:id'],
    ['/callback?code', 'is a pattern or has a query: /callback?code'],
    ['', 'is an empty string'],
    [{ path: '/callback', method: 1 }, 'is an object'],
  ])('is refused with %p in it', (entry, mistake) => {
    expect(problemsOf({ crossOrigin: { exclude: [entry] } })).toEqual([
      { path: 'crossOrigin.exclude', problem: `has an entry that ${mistake}; ${PATHS}` },
    ]);
  });

  it('is refused when it is a bare path', () => {
    expect(problemsOf({ crossOrigin: { exclude: '/callback' } })).toEqual([
      { path: 'crossOrigin.exclude', problem: `is '/callback'; ${PATHS}` },
    ]);
  });
});
