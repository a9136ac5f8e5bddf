import { afterEach, describe, expect, it } from '@jest/globals';
import { Catch } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { CrossOriginException } from 'nestjs-sesame';
import type { SessionOptions } from 'nestjs-sesame';
import { closeApps } from '../../support/applications/nest-app.js';
import { startShop } from './shop-app.js';

afterEach(closeApps);

const PROVIDER = { origin: 'https://idp.example', 'sec-fetch-site': 'cross-site' };

/** A sign-in without any cookie: its response, and who is signed in after it. */
async function signIn(
  method: string,
  headers: Record<string, string>,
  crossOrigin?: SessionOptions['crossOrigin'],
): Promise<[number, string]> {
  const browser = (await startShop({ crossOrigin })).browser();
  const { status } = await browser.send('/login/ada', { method, headers });
  return [status, (await browser.get('/me')).text];
}

describe('login()', () => {
  it('signs nobody in from a form on another site, with or without a cookie', async () => {
    expect(await signIn('POST', PROVIDER)).toEqual([403, 'nobody']);
    expect(await signIn('POST', { origin: 'https://idp.example' })).toEqual([403, 'nobody']);
    expect(await signIn('POST', { origin: 'null', 'sec-fetch-site': 'cross-site' })).toEqual([
      403,
      'nobody',
    ]);
  });

  it('signs in a visitor who arrives from elsewhere with a GET, as with OAuth or a link in an email', async () => {
    expect(await signIn('GET', { 'sec-fetch-site': 'cross-site' })).toEqual([200, 'ada']);
  });

  it('signs in from a form on its own page, and from a client that is not a browser', async () => {
    expect(await signIn('POST', { 'sec-fetch-site': 'same-origin' })).toEqual([200, 'ada']);
    expect(await signIn('POST', { origin: 'null' })).toEqual([200, 'ada']);
    expect(await signIn('POST', {})).toEqual([200, 'ada']);
  });

  it.each<[string, SessionOptions['crossOrigin']]>([
    ['the path is excluded, as that of form_post', { exclude: ['/login/ada'] }],
    ['the provider is trusted', { trustedOrigins: ['https://idp.example'] }],
    ['such requests are only reported', 'report'],
    ['nobody looks', false],
  ])('signs in from another site where %s', async (_what, crossOrigin) => {
    expect(await signIn('POST', PROVIDER, crossOrigin)).toEqual([200, 'ada']);
  });

  it('rejects with an exception that filters know, and that says what to configure', async () => {
    @Catch(CrossOriginException)
    class Filter implements ExceptionFilter<CrossOriginException> {
      catch({ message, reason }: CrossOriginException, host: ArgumentsHost): void {
        host.switchToHttp().getResponse<Response>().status(418).send({ message, reason });
      }
    }
    const shop = await startShop({}, (app) => app.useGlobalFilters(new Filter()));
    const { status, body } = await shop.browser().post('/login/ada', {}, { headers: PROVIDER });
    expect({ status, body }).toEqual({
      status: 418,
      body: {
        message: expect.stringContaining("crossOrigin: { exclude: ['/login/ada'] }"),
        reason: 'cross-origin',
      },
    });
  });
});
