import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { generateSessionId, handleOf, keyOf } from '../../../lib/session/ids.js';

describe('generateSessionId', () => {
  it('has 192 bits, in characters that are safe in cookies and URLs', () => {
    const id = generateSessionId();
    expect(id).toMatch(/^[\w-]+$/);
    expect(Buffer.from(id, 'base64url')).toHaveLength(24);
  });

  it('never gives the same id twice', () => {
    const ids = Array.from({ length: 10_000 }, generateSessionId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('handleOf', () => {
  it('is the SHA-256 of the id in base64url', () => {
    expect(handleOf('an-id')).toBe(createHash('sha256').update('an-id').digest('base64url'));
    expect(handleOf('an-id')).toMatch(/^[\w-]{43}$/);
  });
});

describe('keyOf', () => {
  it('returns the handle, so that the store holds no session id', () => {
    expect(keyOf('an-id', { hashIds: true })).toBe(handleOf('an-id'));
  });

  it('returns the id itself without hashIds', () => {
    expect(keyOf('an-id', { hashIds: false })).toBe('an-id');
  });
});
