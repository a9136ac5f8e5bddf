import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { SessionRequest } from '../../session/edge.js';
import type { CookieSettings } from '../../options/session-settings.js';

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
    return addressIn(express || this.native.socket.remoteAddress);
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

/**
 * An IP address as a record keeps it; `undefined` for anything else: behind a proxy that is trusted
 * without a count, a client can forward whatever it likes.
 */
function addressIn(text: string | undefined): string | undefined {
  // A server that listens on IPv6 tells IPv4 addresses as "::ffff:192.0.2.1" (RFC 4291, 2.5.5.2). The
  // zone of a link-local one (RFC 4007, 11) means something to this host alone, and has no end.
  const address = text?.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/s, '');
  return address !== undefined && isIP(address) !== 0 ? address : undefined;
}
