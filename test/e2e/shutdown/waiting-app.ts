import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Session } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { startApp } from '../../support/applications/nest-app.js';
import type { TestApp } from '../../support/applications/nest-app.js';
import { rawResponse } from '../../support/applications/raw-exchange.js';
import type { PlatformResponse } from '../../support/applications/raw-exchange.js';
import { deferred } from '../../support/deferred.js';
import type { Deferred } from '../../support/deferred.js';

/** A handler that a test has under way for as long as it wants. */
export class WaitingHandler {
  readonly arrived: Deferred = deferred();
  readonly release: Deferred = deferred();
  /** Resolves when the connection to the client is gone. */
  readonly left: Deferred = deferred();

  async wait(): Promise<void> {
    this.arrived.resolve();
    await this.release.promise;
  }
}

@Controller()
class WaitingController {
  constructor(@Inject(WaitingHandler) private readonly handler: WaitingHandler) {}

  @Get('late')
  async late(@Session() session: Session): Promise<{ label: string | undefined }> {
    session.label = 'early';
    await this.handler.wait();
    session.label = 'late';
    return { label: session.label };
  }

  @Get('stream')
  async stream(@Session() session: Session, @Res() reply: PlatformResponse): Promise<void> {
    const response = rawResponse(reply);
    response.once('close', () => this.handler.left.resolve());
    session.label = 'early';
    response.write('first ');
    await this.handler.wait();
    session.label = 'late';
    response.end('last');
  }

  @Get('label')
  label(@Session('label') label: string | undefined): { label: string | undefined } {
    return { label };
  }
}

export async function startWaitingApp(
  options: Partial<SessionModuleOptions>,
): Promise<TestApp & { handler: WaitingHandler }> {
  const handler = new WaitingHandler();
  const app = await startApp(options, {
    controllers: [WaitingController],
    providers: [{ provide: WaitingHandler, useValue: handler }],
  });
  return { ...app, handler };
}

/** True once the promise has settled, at the latest when all that was ready has run. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = (): void => {
    settled = true;
  };
  promise.then(note, note);
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

/** Lets the connection go with the answer, so that nobody waits for it to be idle long enough. */
export const ONCE: RequestInit = { headers: { connection: 'close' } };
