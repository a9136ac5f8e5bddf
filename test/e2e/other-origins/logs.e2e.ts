import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../../support/applications/http-server.js';
import { recordLogs } from '../../support/recorded-logs.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';
import { startPlainShop, visitorOf } from './shop-app.js';

let recorded: ReturnType<typeof recordLogs>;

beforeEach(() => {
  recorded = recordLogs();
});

afterEach(async () => {
  recorded.restore();
  await closeServers();
});

/** What is logged of such requests, each of which another origin has sent. */
async function loggedOf(crossOrigin: 'report' | undefined, origins: string[]): Promise<string[]> {
  const browser = await visitorOf(await startPlainShop({ crossOrigin }));
  for (const origin of origins) await browser.post('/count', undefined, { headers: { origin } });
  return recorded.logs.flatMap(({ level, message }) =>
    level === 'warn' && message.includes('another origin') ? [message] : [],
  );
}

describe('the log of requests from other origins', () => {
  it('names each origin, with the setting to write, at most every ten seconds', async () => {
    const evil = 'https://evil.example';
    const logged = await loggedOf(undefined, [evil, evil, 'https://app.example']);
    expect(logged).toEqual([
      expect.stringMatching(
        /^A request of another origin was refused\. A POST came from https:\/\/evil/,
      ),
      expect.stringContaining("crossOrigin: { trustedOrigins: ['https://app.example'] }"),
    ]);
  });

  it("says with 'report' what would be refused without it", async () => {
    const [line] = await loggedOf('report', ['https://evil.example']);
    expect(line).toMatch(
      /^A request of another origin would be refused without crossOrigin: 'report'\./,
    );
  });

  it('is bounded, with one line each, whatever clients send as their origin', async () => {
    const origins = Array.from({ length: 150 }, (_, index) => `https://${index}.evil.example`);
    const logged = await loggedOf(undefined, ['é'.repeat(4_000), ...origins]);
    expect(logged).toHaveLength(101);
    expect(Math.max(...logged.map((line) => line.length))).toBeLessThan(1_000);
  });

  it('does not push out the report of a store outage', async () => {
    const store = new ScriptedStore();
    const browser = await visitorOf(await startPlainShop({ store }));
    for (let index = 0; index < 150; index += 1) {
      const headers = { origin: `https://${index}.evil.example` };
      await browser.post('/count', undefined, { headers });
    }
    store.break('read');
    expect((await browser.post('/count')).status).toBe(503);
    const message = expect.stringContaining('could not read the session');
    expect(recorded.logs).toContainEqual({ level: 'error', message });
  });
});
