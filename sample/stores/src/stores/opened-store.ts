import type { SessionModuleOptions } from 'nestjs-sesame';

export interface OpenedStore {
  readonly store: NonNullable<SessionModuleOptions['store']>;
  /** Closes connections. Left out where there are none, and where Sesame closes them. */
  close?(): Promise<void>;
}
