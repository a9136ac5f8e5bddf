import type { IncomingMessage } from 'node:http';
import type { SessionRequest } from '../core/session-request.js';
import type { CookieSettings } from '../core/session-settings.js';

/** What the lifecycle asks of a request, read from Node's request object or Express's. */
export class HttpSessionRequest implements SessionRequest {
  private secure: boolean | undefined;

  constructor(
    readonly native: IncomingMessage,
    readonly cookie: CookieSettings,
    /** The `proxy` option: trust `X-Forwarded-Proto`, do not, or ask Express (`undefined`). */
    private readonly proxy: boolean | undefined,
  ) {}

  get cookieHeader(): string | undefined {
    return this.native.headers.cookie;
  }

  get isSecure(): boolean {
    return (this.secure ??= this.cameSecurely());
  }

  /** The client's address: Express's, which heeds `trust proxy`, or else the socket's. */
  get ip(): string | undefined {
    const express = 'ip' in this.native && typeof this.native.ip === 'string' && this.native.ip;
    const address = express || this.native.socket.remoteAddress;
    // A server that listens on IPv6 tells IPv4 addresses as "::ffff:192.0.2.1" (RFC 4291, 2.5.5.2).
    return address?.replace(/^::ffff:(?=\d+\.)/, '');
  }

  get userAgent(): string | undefined {
    return this.native.headers['user-agent'];
  }

  private cameSecurely(): boolean {
    const { socket } = this.native;
    if ('encrypted' in socket && socket.encrypted === true) return true;
    if (this.proxy === undefined) return 'secure' in this.native && this.native.secure === true;
    return this.proxy && this.forwardedProtocol() === 'https';
  }

  private forwardedProtocol(): string | undefined {
    const header = this.native.headers['x-forwarded-proto'];
    const [first] = (Array.isArray(header) ? header[0] : header)?.split(',') ?? [];
    return first?.trim().toLowerCase();
  }
}
