import { parse } from 'bowser';
import type { SessionSummary } from 'nestjs-sesame';

/** A session as its user knows it: by the browser and the system it is used with. */
export interface Device {
  handle: string;
  current: boolean;
  /** "Firefox 151"; `null` when the user agent does not tell. */
  browser: string | null;
  /** "Windows"; `null` when the user agent does not tell. */
  system: string | null;
  ip: string | null;
  createdAt: Date;
  seenAt: Date;
  expiresAt: Date;
}

export function deviceOf(session: SessionSummary): Device {
  const { handle, current, createdAt, seenAt, expiresAt } = session;
  return {
    handle,
    current,
    ...programsIn(session.userAgent),
    ip: session.ip === undefined ? null : plain(session.ip),
    createdAt,
    seenAt,
    expiresAt,
  };
}

function programsIn(userAgent = ''): Pick<Device, 'browser' | 'system'> {
  if (userAgent === '') return { browser: null, system: null };
  const { browser, os } = parse(userAgent);
  const [major = ''] = (browser.version ?? '').split('.');
  return { browser: `${browser.name ?? ''} ${major}`.trim() || null, system: os.name ?? null };
}

/** A server that listens on IPv6 sees an IPv4 address as "::ffff:203.0.113.7". */
function plain(ip: string): string {
  return ip.replace(/^::ffff:(?=\d+\.)/i, '');
}
