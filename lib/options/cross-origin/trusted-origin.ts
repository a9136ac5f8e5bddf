import { harmlessValue } from '../../reporting/harmless-value.js';
import { printable } from '../../reporting/printable.js';
import { isOfWeb, originOf, parseOrigin } from './web-origin.js';
import type { WebOrigin } from './web-origin.js';

/** An entry of `trustedOrigins`. */
export interface TrustedOrigin extends WebOrigin {
  /** True if it stands for all hosts below its own, at any depth, but not for its own. */
  readonly isWildcard: boolean;
}

const ENTRY = /^([a-z][a-z\d+.-]*):\/\/((?:[^/?#]*@)?)(\*\.)?([^/?#]*)(.*)$/is;

/** Returns what is wrong with an entry, and what to write instead, without showing credentials. */
export function mistakeInOrigin(entry: unknown): string | undefined {
  if (typeof entry !== 'string' || entry === '') return `is ${harmlessValue(entry)}`;
  if (entry.toLowerCase() === 'null') {
    return "is 'null', which any page can have as its origin; exclude the path that such requests go to";
  }
  const [, scheme = '', credentials, wildcard = '', host = '', rest] = ENTRY.exec(entry) ?? [];
  if (scheme === '') return 'has no scheme; write it as in https://shop.example';
  const origin = `${scheme}://${wildcard}${host}`;
  const instead = host === '' ? '' : `; write ${printable(origin)}`;
  if (credentials !== '') return `holds credentials${instead}`;
  if (rest === '/') return `ends with a slash${instead}`;
  if (rest !== '') return `has more than scheme, host and port${instead}`;
  if (host.includes('*')) {
    return 'has a * that is not the whole first part of the host, as in https://*.shop.example';
  }
  const found = parseTrustedOrigin(entry);
  if (found === undefined) return `has no valid host and port: ${printable(origin)}`;
  if (!found.isWildcard) return undefined;
  if (!isOfWeb(found)) return 'has a *, which only http and https can have';
  return found.hostname.includes('.')
    ? undefined
    : `stands for every host of a top-level domain: ${printable(origin)}`;
}

/** Parses an entry into what is compared. For a host in any script, browsers send the ASCII form. */
export function parseTrustedOrigin(entry: string): TrustedOrigin | undefined {
  const isWildcard = entry.includes('://*.');
  const parsed = parseOrigin(isWildcard ? entry.replace('://*.', '://') : entry);
  if (parsed === undefined || !isOfWeb(parsed)) return parsed && { ...parsed, isWildcard };
  const { scheme, hostname, port } = parsed;
  const url = `${scheme}://${hostname}:${port}`;
  const canonical = URL.canParse(url) ? originOf(scheme, new URL(url).host) : undefined;
  return canonical && { ...canonical, isWildcard };
}

/** True if the entry stands for this origin. */
export function standsFor(trusted: TrustedOrigin, origin: WebOrigin): boolean {
  if (trusted.scheme !== origin.scheme || trusted.port !== origin.port) return false;
  return trusted.isWildcard
    ? origin.hostname.length > trusted.hostname.length + 1 &&
        origin.hostname.endsWith(`.${trusted.hostname}`)
    : origin.hostname === trusted.hostname;
}
