import type { NestExpressApplication } from '@nestjs/platform-express';
import { Store } from 'express-session';
import type { SessionModuleOptions } from 'nestjs-sesame';
import type { AppSettings } from '../../../sample/stores/src/app.module.js';
import { createApp } from '../../../sample/stores/src/create-app.js';
import { fromEnvironment } from '../../../sample/stores/src/environment.js';
import type { StoreName } from '../../../sample/stores/src/stores/open-store.js';
import type { OpenedStore } from '../../../sample/stores/src/stores/opened-store.js';
import { SECRET } from '../../support/applications/nest-app.js';
import { Browser } from '../../support/browser.js';
import { Pauses } from './pauses.js';
import type { Place } from './places.js';

const SECRETS = {
  SESSION_SECRET: SECRET,
  ENCRYPTION_KEY: 'a key that seals what the tests of this library store',
};

export interface InstanceOptions extends Partial<Omit<SessionModuleOptions, 'store' | 'secret'>> {
  /** Seals the records of a store; a cookie that carries the session is always sealed. */
  readonly isEncrypted?: boolean;
}

const running: Instance[] = [];

/** One instance of the sample, with connections of its own, as a process would have. */
export class Instance {
  readonly pauses = new Pauses();

  private constructor(
    private readonly app: NestExpressApplication,
    private readonly opened: OpenedStore,
  ) {}

  static async start(
    name: StoreName,
    { url }: Place,
    { isEncrypted = name === 'sealed-cookie', ...options }: InstanceOptions = {},
  ): Promise<Instance> {
    const { ENCRYPTION_KEY, SESSION_SECRET } = SECRETS;
    const variables = { STORE: name, STORE_URL: url, SESSION_SECRET };
    const { opened, session: usual } = await fromEnvironment(
      isEncrypted ? { ...variables, ENCRYPTION_KEY } : variables,
    );
    // Some requests are made to wait, and must not time out meanwhile.
    const session: AppSettings['session'] = { ...usual, storeTimeout: '30s', ...options };
    try {
      const app = await createApp({ opened, session }, { logger: false, abortOnError: false });
      const instance = new Instance(app, opened);
      app.useGlobalInterceptors(instance.pauses);
      await app.listen(0, '127.0.0.1');
      running.push(instance);
      return instance;
    } catch (error) {
      await opened.close?.();
      throw error;
    }
  }

  /** A browser that has the cookies of another by now, or none. */
  async browser(like?: Browser): Promise<Browser> {
    const cookie = like?.cookie();
    const cookies = cookie === undefined ? [] : [['connect.sid', cookie] as const];
    return new Browser(await this.app.getUrl(), new Map(cookies));
  }

  /** The store, if it is one made for express-session. */
  get expressStore(): Store {
    const { store } = this.opened;
    if (store instanceof Store) return store;
    throw new Error('this instance has no express-session store');
  }

  async close(): Promise<void> {
    running.splice(running.indexOf(this), 1);
    await this.app.close();
  }
}

/** For `afterEach`. */
export async function closeInstances(): Promise<void> {
  await Promise.all([...running].map((instance) => instance.close()));
}
