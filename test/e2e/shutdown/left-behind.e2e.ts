import { AsyncResource } from 'node:async_hooks';
import { expect, it } from '@jest/globals';
import { closeApps } from '../../support/applications/nest-app.js';
import { startAccountApp } from '../current-user/account-app.js';

/** What each promise of this process carries for the sake of storages in use; Node 24 has it carry none. */
const carried = (): number => Object.getOwnPropertySymbols(new AsyncResource('probe')).length;

it('a closed application leaves nothing behind that slows down those started after it', async () => {
  const before = carried();
  for (let times = 0; times < 3; times += 1) {
    const { signedIn } = await startAccountApp();
    const ada = await signedIn('ada');
    expect((await ada.get('/open')).body).toEqual({ name: 'ADA' });
    await closeApps();
  }
  expect(carried()).toBe(before);
});
