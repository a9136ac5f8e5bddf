import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import type { CookieSettings } from '../../options/cookie/cookie-attributes.js';
import type { EdgeSettings } from '../../options/session-settings.js';
import type { SessionEdge } from '../../session/edge.js';
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
    return proxy && this.forwardedProtocol() === 'https';
  }

  private forwardedProtocol(): string | undefined {
    const header = this.headers?.['x-forwarded-proto'];
    const [first] = (Array.isArray(header) ? header[0] : header)?.split(',') ?? [];
    return first?.trim().toLowerCase();
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
