import { describe, expect, it } from '@jest/globals';
import { UnauthorizedException } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  SessionService,
  SessionStoreUnavailableException,
  SessionUnavailableException,
} from 'nestjs-sesame';
import type { Session } from 'nestjs-sesame';
import { fakeSession } from 'nestjs-sesame/testing';
import '../../support/session-data.js';

/** What an application might have. */
class AccountController {
  constructor(private readonly sessions: SessionService) {}

  add(session: Session, item: string): string[] {
    session.items = [...(session.items ?? []), item];
    return session.items;
  }

  async login(name: string): Promise<void> {
    if (name !== 'alice') throw new UnauthorizedException();
    await this.sessions.login(name, { data: { label: 'customer' } });
  }

  count(): Promise<number> {
    return this.sessions.update((session) => (session.count = (session.count ?? 0) + 1));
  }
}

describe('a fake session', () => {
  it('is what a handler gets from @Session()', async () => {
    const { session, service } = await fakeSession({ data: { items: ['tea'] } });
    const controller = new AccountController(service);
    expect(controller.add(session, 'milk')).toEqual(['tea', 'milk']);
    expect(session.items).toEqual(['tea', 'milk']);
    expect(session.cookie.path).toBe('/');
    expect(service.userId).toBeUndefined();
  });

  it('has a SessionService that works as in a request', async () => {
    const fake = await fakeSession({ data: { items: ['tea'] } });
    const controller = new AccountController(fake.service);
    await expect(controller.login('mallory')).rejects.toThrow(UnauthorizedException);
    expect(fake.service.userId).toBeUndefined();
    const { id } = fake.session;
    await controller.login('alice');
    expect(fake.service.userId).toBe('alice');
    expect(fake.session).toMatchObject({ items: ['tea'], label: 'customer' });
    expect(fake.session.id).not.toBe(id);
    expect([await controller.count(), await controller.count()]).toEqual([1, 2]);
    expect(await fake.service.list('alice')).toMatchObject([{ current: true }]);
    await fake.service.logout();
    expect(() => fake.session).toThrow(SessionUnavailableException);
  });

  it('may have a user who signed in some time ago, on some device', async () => {
    const { service, clock } = await fakeSession({
      userId: 'alice',
      authenticatedAgo: '20m',
      userAgent: 'Phone/1',
    });
    expect(service.userId).toBe('alice');
    expect(service.summary()).toMatchObject({
      authenticatedAt: new Date(clock.now() - 20 * 60_000),
      userAgent: 'Phone/1',
      expiresAt: new Date(clock.now() + 30 * 60_000),
    });
    await service.confirm();
    expect(service.summary()?.authenticatedAt).toEqual(new Date(clock.now()));
  });

  it('has a store that can be made to fail', async () => {
    const { service, store } = await fakeSession({ userId: 'alice' });
    store.fail();
    await expect(service.confirm()).rejects.toThrow(SessionStoreUnavailableException);
  });

  it('refuses what login() would refuse', async () => {
    await expect(fakeSession({ userId: '' })).rejects.toThrow(TypeError);
    await expect(fakeSession({ userId: 'a', remember: -1 })).rejects.toThrow(RangeError);
  });

  it('may be injected by a testing module', async () => {
    const { service } = await fakeSession({ userId: 'alice' });
    const module = await Test.createTestingModule({
      providers: [
        { provide: SessionService, useValue: service },
        {
          provide: AccountController,
          inject: [SessionService],
          useFactory: (given: SessionService) => new AccountController(given),
        },
      ],
    }).compile();
    expect(await module.get(AccountController).count()).toBe(1);
  });
});
