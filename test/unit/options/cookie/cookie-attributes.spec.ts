import { describe, expect, it } from '@jest/globals';
import {
  cookieOverrides,
  resolveCookie,
} from '../../../../lib/options/cookie/cookie-attributes.js';

describe('resolveCookie', () => {
  const auto = { originalMaxAge: null, path: '/', secure: 'auto', sameSite: 'auto' } as const;

  it("resolves 'auto' to what the connection allows", () => {
    expect(resolveCookie(auto, undefined, true)).toEqual({
      originalMaxAge: null,
      path: '/',
      secure: true,
      sameSite: 'none',
    });
    expect(resolveCookie(auto, undefined, false)).toEqual({
      originalMaxAge: null,
      path: '/',
      secure: false,
      sameSite: 'lax',
    });
  });

  it('leaves chosen attributes as they are', () => {
    const chosen = { originalMaxAge: 5, secure: true, sameSite: 'strict' } as const;
    expect(resolveCookie(chosen, undefined, false)).toEqual(chosen);
  });

  it("lets a session's own attributes win", () => {
    const resolved = resolveCookie(auto, { originalMaxAge: 7, sameSite: 'strict' }, true);
    expect(resolved).toMatchObject({ originalMaxAge: 7, sameSite: 'strict', secure: true });
  });
});

describe('cookieOverrides', () => {
  const configured = {
    originalMaxAge: 60_000,
    path: '/',
    domain: undefined,
    httpOnly: true,
    secure: false,
    sameSite: 'lax',
    partitioned: undefined,
    priority: undefined,
  } as const;

  it('is undefined for the configured cookie', () => {
    expect(cookieOverrides({ ...configured }, configured)).toBeUndefined();
  });

  it.each([
    ['path', '/app'],
    ['domain', 'example.com'],
    ['httpOnly', false],
    ['secure', true],
    ['sameSite', 'strict'],
    ['partitioned', true],
    ['priority', 'high'],
    ['originalMaxAge', 120_000],
    ['originalMaxAge', null],
  ])('names %s when it differs', (attribute, value) => {
    const cookie = { ...configured, [attribute]: value };
    expect(cookieOverrides(cookie, configured)).toEqual({ [attribute]: value });
  });

  it('names every attribute that differs and no other', () => {
    const cookie = { ...configured, path: '/app', secure: true };
    expect(cookieOverrides(cookie, configured)).toEqual({ path: '/app', secure: true });
  });

  it('notices a cookie that became persistent', () => {
    const transient = { ...configured, originalMaxAge: null };
    expect(cookieOverrides(configured, transient)).toEqual({ originalMaxAge: 60_000 });
  });

  it('ignores the milliseconds that maxAge loses to the clock', () => {
    expect(cookieOverrides({ ...configured, originalMaxAge: 59_990 }, configured)).toBeUndefined();
  });

  it('returns what resolveCookie needs to restore the cookie', () => {
    const cookie = { ...configured, path: '/app', originalMaxAge: 5_000, secure: true };
    const overrides = cookieOverrides(cookie, configured);
    expect(resolveCookie(configured, overrides, false)).toEqual(cookie);
  });
});
