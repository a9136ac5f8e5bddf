import '../../support/session-data.js';
import { Body, Controller, Get, Post } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Session, SessionService } from 'nestjs-sesame';
import type { RemoveOutcome, ReplaceOutcome, StoredRecord, Version } from 'nestjs-sesame';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

const ATTEMPTS = 200;

/** A store in which somebody else always writes first, while it is hot. */
class HotStore extends ScriptedStore {
  isHot = false;
  private overtakings = 0;

  override async replace(
    key: string,
    version: Version,
    record: StoredRecord,
    turn?: string,
  ): Promise<ReplaceOutcome | 'busy'> {
    await this.overtake(key);
    return super.replace(key, version, record, turn);
  }

  override async remove(key: string, version?: Version): Promise<RemoveOutcome> {
    await this.overtake(key);
    return super.remove(key, version);
  }

  private async overtake(key: string): Promise<void> {
    const found = this.isHot ? await this.inner.read(key) : undefined;
    if (found === undefined) return;
    this.overtakings += 1;
    const payload = JSON.stringify({ ...JSON.parse(found.payload), overtaken: this.overtakings });
    await this.inner.replace(key, found.version, { payload, expiresAt: Date.now() + 60_000 });
  }
}

@Controller()
class ContendedController {
  constructor(private readonly sessions: SessionService) {}

  @Get('label')
  label(@Session() session: Session): object {
    return { label: session.label ?? null };
  }

  @Post('label')
  write(@Session() session: Session, @Body() { label }: { label: string }): void {
    session.label = label;
  }

  @Post('login')
  async login(): Promise<void> {
    await this.sessions.login('ada');
  }
}

describe('a session that others keep writing to', () => {
  let store: HotStore;
  let browser: Browser;

  beforeEach(async () => {
    store = new HotStore();
    browser = (await startApp({ store }, { controllers: [ContendedController] })).browser();
    await browser.post('/label', { label: 'before' });
    store.calls.length = 0;
    store.isHot = true;
  });

  afterEach(closeApps);

  it('is given up with a 503 by a request that writes to it, after 200 attempts', async () => {
    expect((await browser.post('/label', { label: 'late' })).status).toBe(503);
    expect(store.countOf('replace')).toBe(ATTEMPTS);
    store.isHot = false;
    expect((await browser.get('/label')).body).toEqual({ label: 'before' });
  }, 20_000);

  it('is given up by a sign-in, too, and keeps the id it has', async () => {
    expect((await browser.post('/login')).status).toBe(503);
    expect(store.countOf('remove')).toBe(ATTEMPTS + 1); // the new record is taken back
    store.isHot = false;
    expect((await browser.get('/label')).body).toEqual({ label: 'before' });
  }, 20_000);
});
