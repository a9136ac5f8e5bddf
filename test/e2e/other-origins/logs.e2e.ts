import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { closeServers } from '../../support/http-server.js';
import { recordLogs } from '../../support/recorded-logs.js';
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

describe('what is logged of requests of other origins', () => {
  it('is each origin, with what to write, at most every ten seconds', async () => {
    const evil = 'https://evil.example';
    const logged = await loggedOf(undefined, [evil, evil, 'https://app.example']);
    expect(logged).toEqual([
      expect.stringMatching(
        /^A request of another origin was refused\. A POST came from https:\/\/evil/,
      ),
      expect.stringContaining("crossOrigin: { trustedOrigins: ['https://app.example'] }"),
    ]);
  });

  it("says with 'report' what would be refused without", async () => {
    const [line] = await loggedOf('report', ['https://evil.example']);
    expect(line).toMatch(
      /^A request of another origin would be refused without crossOrigin: 'report'\./,
    );
  });

  it('is bounded, and one line each, whatever clients call their origin', async () => {
    const origins = Array.from({ length: 150 }, (_, index) => `https://${index}.evil.example`);
    const logged = await loggedOf(undefined, ['é'.repeat(4_000), ...origins]);
    expect(logged).toHaveLength(101);
    expect(Math.max(...logged.map((line) => line.length))).toBeLessThan(1_000);
  });
});
