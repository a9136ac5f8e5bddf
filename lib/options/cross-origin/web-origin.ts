/** An origin as browsers send it in `Origin`: in lower case, with the port that applies (RFC 6454, 6.2). */
export interface WebOrigin {
  readonly scheme: string;
  readonly hostname: string;
  /** Empty where neither the origin nor its scheme names one. */
  readonly port: string;
}

const DEFAULT_PORTS: ReadonlyMap<string, string> = new Map([
  ['http', '80'],
  ['https', '443'],
]);

const HOST = String.raw`(\[[\da-f:.]+\]|[^\s:/?#@\\[\]]+)(?::(\d+))?`;
const ORIGIN = new RegExp(String.raw`^([a-z][a-z\d+.-]*)://(${HOST})$`, 'i');
const AUTHORITY = new RegExp(`^${HOST}$`, 'i');

/** Returns the origin in an `Origin` header; `undefined` for anything else, such as `null`. */
export function parseOrigin(text: string): WebOrigin | undefined {
  const [, scheme = '', host = ''] = ORIGIN.exec(text.toLowerCase()) ?? [];
  return originOf(scheme, host);
}

/** Returns the origin of pages with this scheme and `Host`. */
export function originOf(scheme: string, host: string): WebOrigin | undefined {
  const [, hostname, port = DEFAULT_PORTS.get(scheme) ?? ''] =
    AUTHORITY.exec(host.toLowerCase()) ?? [];
  return hostname === undefined ? undefined : { scheme, hostname, port };
}

/** True for a scheme whose hosts are servers, unlike those of apps and extensions. */
export function isOfWeb({ scheme }: { readonly scheme: string }): boolean {
  return DEFAULT_PORTS.has(scheme);
}
