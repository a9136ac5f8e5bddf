import type { RequestOrigin } from './request-origin.js';

/** The methods that must change nothing (RFC 9110, 9.2.1). */
const SAFE = new Set<string | undefined>(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** True if a request may change something, by its method on the wire or by the one in its place. */
export function isUnsafe({
  method,
  methodOnWire,
}: Pick<RequestOrigin, 'method' | 'methodOnWire'>): boolean {
  return !SAFE.has(method) || (methodOnWire !== undefined && !SAFE.has(methodOnWire));
}
