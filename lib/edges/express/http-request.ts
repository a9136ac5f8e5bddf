import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import type { CookieSettings } from '../../options/cookie/cookie-attributes.js';
import type { EdgeSettings } from '../../options/session-settings.js';
import type { SessionEdge } from '../../session/edge.js';
import { isUpgrade } from '../response/sendable-response.js';
import { pathOf } from './whole-url.js';
import { SESSION_OBJECTS } from '../session-object/session-objects.js';

/** A request of Node's or Express's, as the lifecycle asks for it. */
export class HttpRequest implements SessionEdge {
  readonly objects = SESSION_OBJECTS;
  private secure: boolean | undefined;

  constructor(
    readonly request: IncomingMessage,
    readonly cookie: CookieSettings,
    private readonly settings: EdgeSettings,
    readonly canSendCookie: boolean,
  ) {}

  generateId(): string {
    return this.settings.generateId(this.request);
  }

  get cookieHeader(): string | undefined {
    return this.headers?.cookie;
  }

  get isSecure(): boolean {
    return (this.secure ??= this.cameSecurely());
  }

  /** The client's address: Express's, which heeds `trust proxy`, or else the socket's. */
  get ip(): string | undefined {
    const express = 'ip' in this.request && typeof this.request.ip === 'string' && this.request.ip;
    return addressIn(express || this.socket?.remoteAddress);
  }

  get userAgent(): string | undefined {
    return this.headers?.['user-agent'];
  }

  get method(): string | undefined {
    const { method }: { method?: string | undefined } = this.request;
    return method;
  }

  /** As method-override, and what is like it, keeps it. */
  get methodOnWire(): string | undefined {
    const { request } = this;
    const original = 'originalMethod' in request ? request.originalMethod : undefined;
    return typeof original === 'string' ? original : undefined;
  }

  get isHandshake(): boolean {
    return isUpgrade(this.request);
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
    const forwarded = this.forwarded('x-forwarded-host');
    const isTrusted = forwarded !== undefined && this.trustsHost(forwarded);
    return [named, isTrusted ? forwarded : undefined].filter((host) => host !== undefined);
  }

  get path(): string {
    return pathOf(this.request);
  }

  // What stands in for a request, such as the handshake of a socket, may lack these.

  private get headers(): IncomingHttpHeaders | undefined {
    const { headers }: { headers?: IncomingHttpHeaders } = this.request;
    return headers;
  }

  private get socket(): Socket | undefined {
    const { socket }: { socket?: Socket | null } = this.request;
    return socket ?? undefined;
  }

  private cameSecurely(): boolean {
    const { socket } = this;
    if (socket !== undefined && 'encrypted' in socket && socket.encrypted === true) return true;
    const { proxy } = this.settings;
    if (proxy === undefined) return 'secure' in this.request && this.request.secure === true;
    return proxy && this.forwarded('x-forwarded-proto')?.toLowerCase() === 'https';
  }

  /** Express has its own opinion of the proxy, and tells it by the host that it sees. */
  private trustsHost(forwarded: string): boolean {
    const { proxy } = this.settings;
    if (proxy !== undefined) return proxy;
    const hostname = 'hostname' in this.request ? this.request.hostname : undefined;
    return forwarded.replace(/:\d*$/, '') === hostname;
  }

  /** What the first proxy, the one before the client, says in a header. */
  private forwarded(name: string): string | undefined {
    return this.header(name)?.split(',', 1)[0]?.trim();
  }

  /** A header that came more than once says all of it. */
  private header(name: string): string | undefined {
    const value = this.headers?.[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }
}

/**
 * An IP address as a record keeps it; `undefined` for anything else. Where `trust proxy` has no hop
 * count, a client can forward whatever it likes.
 */
function addressIn(text: string | undefined): string | undefined {
  // A server that listens on IPv6 reports IPv4 addresses as "::ffff:192.0.2.1" (RFC 4291, 2.5.5.2). The
  // zone of a link-local one (RFC 4007, 11) means nothing to other hosts, and can be of any length.
  const address = text?.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/s, '');
  return address !== undefined && isIP(address) !== 0 ? address : undefined;
}
