import { Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { OpenedStore } from './opened-store.js';

/** Sesame closes the stores it comes with. The connections of other stores are the application's. */
@Injectable()
export class StoreConnections implements OnApplicationShutdown {
  constructor(private readonly opened: OpenedStore) {}

  async onApplicationShutdown(): Promise<void> {
    await this.opened.close?.();
  }
}
