import { Agent, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, it } from '@jest/globals';
import { Controller, Get, Req } from '@nestjs/common';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import { rawRequest } from '../../support/applications/raw-exchange.js';
import type { PlatformRequest } from '../../support/applications/raw-exchange.js';

afterEach(closeApps);

const requests: WeakRef<object>[] = [];

@Controller()
class HomeController {
  @Get()
  home(@Req() request: PlatformRequest): string {
    requests.push(new WeakRef(rawRequest(request)));
    return 'well';
  }
}

/** True once Node has freed the referenced object, after as many garbage collections as that takes. */
async function isLetGo(reference: WeakRef<object> | undefined): Promise<boolean> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('this Node cannot be told to collect garbage');
  for (let attempt = 0; attempt < 50; attempt += 1) {
    await pause(10);
    collect();
    if (reference?.deref() === undefined) return true;
  }
  return false;
}

it('a request is not kept in memory while its connection waits for the next one', async () => {
  const { app, origin } = await startApp({}, { controllers: [HomeController] });
  app.getHttpServer().keepAliveTimeout = 60_000;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = async (): Promise<string> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(origin, { agent }, (response) => resolve(text(response)));
      request.on('error', reject).end();
    });
  try {
    expect(await ask()).toBe('well');
    expect(await isLetGo(requests.at(-1))).toBe(true);
    const [socket] = Object.values(agent.freeSockets).flat();
    expect(socket?.destroyed).toBe(false);
  } finally {
    agent.destroy();
  }
});
