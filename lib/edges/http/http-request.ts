import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import type { CookieSettings } from '../../options/cookie/cookie-attributes.js';
import type { EdgeSettings } from '../../options/session-settings.js';
import type { SessionEdge, SessionObjects } from '../../session/edge.js';
import { isUpgrade } from '../response/sendable-response.js';
import { SESSION_OBJECTS } from '../session-object/session-objects.js';
import { pathOf } from './whole-url.js';

/** A request of an HTTP server, as the lifecycle sees it. */
export class HttpRequest implements SessionEdge {
  private secure: boolean | undefined;

  /**
   * @param raw Node's own request
   * @param request the platform's, which knows of the proxies that the platform trusts
   */
  constructor(
    private readonly raw: IncomingMessage,
    readonly cookie: CookieSettings,
    private readonly settings: EdgeSettings,
    readonly canSendCookie: boolean,
    readonly request: object = raw,
    readonly objects: SessionObjects = SESSION_OBJECTS,
  ) {}

  generateId(): string {
    return this.settings.generateId(this.raw);
  }

  get cookieHeader(): string | undefined {
    return this.headers?.cookie;
  }

  get isSecure(): boolean {
    return (this.secure ??= this.cameSecurely());
  }

  /** The client's address: the platform's, which heeds the proxies it trusts, or else the socket's. */
  get ip(): string | undefined {
    return addressIn(this.opinion('ip') || this.socket?.remoteAddress);
  }

  get userAgent(): string | undefined {
    return this.headers?.['user-agent'];
  }

  get method(): string | undefined {
    const { method }: { method?: string | undefined } = this.raw;
    return method;
  }

  /** The original method, as method-override and its like keep it. */
  get methodOnWire(): string | undefined {
    const { raw } = this;
    const original = 'originalMethod' in raw ? raw.originalMethod : undefined;
    return typeof original === 'string' ? original : undefined;
  }

  get isHandshake(): boolean {
    return isUpgrade(this.raw);
  }

  get fetchSite(): string | undefined {
    return this.header('sec-fetch-site');
  }

  get origin(): string | undefined {
    return this.header('origin');
  }

  get hosts(): readonly string[] {
    // On HTTP/2, the authority is what the request is sent to (RFC 9113, 8.3.1).
    const named = this.header(':authority') ?? this.header('host');
    return [named, this.forwardedHost].filter((host) => host !== undefined);
  }

  get path(): string {
    return pathOf(this.raw);
  }

  // What stands in for a request, such as the handshake of a socket, may lack these.

  private get headers(): IncomingHttpHeaders | undefined {
    const { headers }: { headers?: IncomingHttpHeaders } = this.raw;
    return headers;
  }

  private get socket(): Socket | undefined {
    const { socket }: { socket?: Socket | null } = this.raw;
    return socket ?? undefined;
  }

  private cameSecurely(): boolean {
    const { socket } = this;
    if (socket !== undefined && 'encrypted' in socket && socket.encrypted === true) return true;
    const { proxy } = this.settings;
    if (proxy === undefined) return this.isSecureToPlatform;
    return proxy && this.forwarded('x-forwarded-proto')[0]?.toLowerCase() === 'https';
  }

  /** The host that was asked for, as a trusted proxy says. */
  private get forwardedHost(): string | undefined {
    const { proxy } = this.settings;
    if (proxy === false) return undefined;
    const hosts = this.forwarded('x-forwarded-host');
    if (proxy === true || hosts.length === 0) return hosts[0];
    // The platform decides which proxies to trust; the host that it sees tells its decision.
    const hostname = this.opinion('hostname');
    return hosts.find((host) => host.replace(/:\d*$/, '') === hostname);
  }

  private get isSecureToPlatform(): boolean {
    const { request } = this;
    if ('secure' in request) return request.secure === true; // Express's
    return this.opinion('protocol') === 'https';
  }

  /**
   * Returns what the platform makes of the request, by the proxies that it trusts; Node itself knows none.
   */
  private opinion(name: 'ip' | 'protocol' | 'hostname'): string | undefined {
    const value: unknown = Reflect.get(this.request, name);
    return typeof value === 'string' ? value : undefined;
  }

  /** Returns what proxies say in a header, beginning with the proxy next to the client. */
  private forwarded(name: string): readonly string[] {
    return (
      this.header(name)
        ?.split(',')
        .map((value) => value.trim()) ?? []
    );
  }

  /** Returns a header; one that came more than once, with all its values. */
  private header(name: string): string | undefined {
    const value = this.headers?.[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }
}

/**
 * Returns an IP address as a record keeps it; `undefined` for anything else. Where `trust proxy` has no hop
 * count, a client can forward whatever it likes.
 */
function addressIn(text: string | undefined): string | undefined {
  // A server that listens on IPv6 reports IPv4 addresses as "::ffff:192.0.2.1" (RFC 4291, 2.5.5.2). The
  // zone of a link-local one (RFC 4007, 11) means nothing to other hosts, and can be of any length.
  const address = text?.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/s, '');
  return address !== undefined && isIP(address) !== 0 ? address : undefined;
}
