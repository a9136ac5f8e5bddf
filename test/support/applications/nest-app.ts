import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { SessionModule } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { Browser } from '../browser.js';
import { createApplication } from './http-platform.js';
import type { TrustProxy } from './http-platform.js';

export const SECRET = 'a secret that is only used by the tests of this library';

/** How long a store may take where a test does not say: on a busy machine, a slow one is no outage. */
const STORE_TIMEOUT = 15_000;

export interface TestApp {
  readonly app: INestApplication;
  readonly origin: string;
  browser(): Browser;
}

/** What is done with an application before it listens. */
export type Configure = (app: INestApplication) => unknown;

const running: INestApplication[] = [];

/** Starts a Nest application with sessions on a free port. */
export async function startApp(
  options: Partial<SessionModuleOptions>,
  metadata: ModuleMetadata = {},
  configure: Configure = () => undefined,
  trustProxy?: TrustProxy,
): Promise<TestApp> {
  return startModule(
    {
      ...metadata,
      imports: [
        SessionModule.forRoot({ secret: SECRET, storeTimeout: STORE_TIMEOUT, ...options }),
        ...(metadata.imports ?? []),
      ],
    },
    configure,
    trustProxy,
  );
}

/** Starts a Nest application of this module on a free port. */
export async function startModule(
  metadata: ModuleMetadata,
  configure: Configure = () => undefined,
  trustProxy?: TrustProxy,
): Promise<TestApp> {
  const module = await Test.createTestingModule(metadata).compile();
  const app = createApplication(module, trustProxy);
  await configure(app);
  await app.listen(0, '127.0.0.1');
  running.push(app);
  const origin = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  return { app, origin, browser: () => new Browser(origin) };
}

/** For `afterEach`: closes every application that was started. */
export async function closeApps(): Promise<void> {
  await Promise.all(
    running.splice(0).map((app) => {
      const closed = app.close();
      // A client may have opened a connection that it has not used yet, and Node would wait for it.
      app.getHttpServer().closeAllConnections();
      return closed;
    }),
  );
}
