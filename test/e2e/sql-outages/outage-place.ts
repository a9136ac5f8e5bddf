import '../../support/session-data.js';
import { Controller, Get, Post } from '@nestjs/common';
import { createPool } from 'mysql2/promise';
import { Session, SessionService, UserId } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { SqlSessionStore } from 'nestjs-sesame/sql';
import { Pool } from 'pg';
import { startApp } from '../../support/applications/nest-app.js';
import type { TestApp } from '../../support/applications/nest-app.js';
import { Line } from '../../support/servers/line.js';
import type { SqlPlace } from '../../support/servers/sql-places.js';

/** Short, so that what waits in vain does not wait for long; long enough for a busy machine. */
export const STORE_TIMEOUT = 600;

/** What no log, and no answer to anybody else, may quote. */
export const SECRETS = ['ada-the-user', 'what-is-in-the-cart'];

@Controller()
class OutageController {
  constructor(private readonly sessions: SessionService) {}

  @Post('visit')
  visit(@Session() session: Session): number {
    session.items = ['what-is-in-the-cart'];
    session.count = (session.count ?? 0) + 1;
    return session.count;
  }

  @Post('count')
  count(): Promise<number> {
    return this.sessions.update((session) => (session.count = (session.count ?? 0) + 1));
  }

  @Post('sign-in')
  async signIn(@Session() session: Session): Promise<void> {
    session.items = ['what-is-in-the-cart'];
    await this.sessions.login('ada-the-user');
  }

  @Get('look')
  look(@Session() session: Session, @UserId() user?: string): object {
    return { count: session.count, user };
  }

  /** Left out of the session lifecycle. */
  @Get('health')
  health(): string {
    return 'well';
  }
}

export interface Outage extends TestApp {
  readonly line: Line;
  readonly sessions: SessionService;
  /** Holds a connection of the application's pool until it is given back. */
  occupy(): Promise<() => void>;
}

const ended: (() => Promise<unknown>)[] = [];
const lines: Line[] = [];

/** An application whose pool has its own line to the database. */
export async function startOutage(
  place: SqlPlace,
  { max = 4, server = '' } = {},
  options: Partial<SessionModuleOptions> = {},
  line?: Line,
): Promise<Outage> {
  const used = line ?? (await Line.to(place.url));
  lines.push(used);
  ended.push(() => used.close());
  const { client, occupy } =
    place.dialect === 'postgres' ? pgPool(used.url, max, server) : mysqlPool(used.url, max);
  const app = await startOutageOn(new SqlSessionStore({ client, cleanUp: false }), options);
  return { ...app, line: used, occupy, sessions: app.app.get(SessionService) };
}

/** The same on a store that is there already. */
export function startOutageOn(
  store: SqlSessionStore,
  options: Partial<SessionModuleOptions> = {},
): Promise<TestApp> {
  return startApp(
    { store, storeTimeout: STORE_TIMEOUT, exclude: ['health'], ...options },
    { controllers: [OutageController] },
  );
}

/** To be called before applications are closed, which wait for what is under way. */
export function letAllThrough(): void {
  for (const line of lines.splice(0)) line.letThrough();
}

export async function endOutages(): Promise<void> {
  for (const end of ended.splice(0).toReversed()) await end();
}

function pgPool(connectionString: string, max: number, options: string) {
  const client = new Pool({ connectionString, max, options });
  ended.push(() => client.end());
  const occupy = async (): Promise<() => void> => {
    const connection = await client.connect();
    return () => connection.release();
  };
  return { client, occupy };
}

function mysqlPool(uri: string, connectionLimit: number) {
  const client = createPool({ uri, connectionLimit });
  ended.push(() => client.end());
  const occupy = async (): Promise<() => void> => {
    const connection = await client.getConnection();
    return () => connection.release();
  };
  return { client, occupy };
}
