import type { Page, Request } from 'playwright-core';
import { launchChromium } from '../../support/chromium.js';
import type { OAuthProvider } from './oauth-provider.js';

/** What arrived, whether with a cookie, and what it was answered. */
type Arrived = readonly [string, boolean, number];

/** Signs in by form_post and by SAML, each at a site of its own that another site posts to. */
export async function inChromium(web: {
  readonly provider: OAuthProvider;
  readonly shop: string;
  readonly saml: string;
}): Promise<Arrived[]> {
  const chromium = await launchChromium('--host-resolver-rules=MAP *.test 127.0.0.1');
  try {
    const page = await (await chromium.newContext()).newPage();
    const elsewhere = atHost(web.provider.origin, 'id.test');
    const [shop, saml] = [atHost(web.shop, 'shop.test'), atHost(web.saml, 'shop.test')];
    const [asked] = await Promise.all([
      page.waitForRequest(/authorize/),
      page.goto(`${shop}/auth/provider`).catch(() => undefined), // its way back leads nowhere
    ]);
    const query = await web.provider.consent(asked.url());
    const byFormPost = await posted(page, elsewhere, `${shop}/auth/callback`, query);

    const own = await page.context().newPage();
    await own.goto(`${saml}/saml/login`);
    const inResponseTo = await own.innerText('body');
    const answer = Buffer.from(JSON.stringify({ nameId: 'ada', inResponseTo }));
    const form = new URLSearchParams({ SAMLResponse: answer.toString('base64') });
    return [...byFormPost, ...(await posted(page, elsewhere, `${saml}/saml/acs`, form))];
  } finally {
    await chromium.close();
  }
}

function atHost(origin: string, host: string): string {
  return origin.replace('127.0.0.1', host);
}

/** Has a page of another site, in the same browser, post a form; tells the two requests it leads to. */
async function posted(
  page: Page,
  from: string,
  action: string,
  form: URLSearchParams,
): Promise<Arrived[]> {
  const other = await page.context().newPage();
  await other.goto(from);
  const requests: Request[] = [];
  const isDone = new Promise<void>((resolve) => {
    other.on('response', (response) => {
      requests.push(response.request());
      if (requests.length === 2) resolve();
    });
  });
  await other.evaluate(`const form = document.createElement('form');
    Object.assign(form, { method: 'post', action: ${JSON.stringify(action)} });
    for (const [name, value] of ${JSON.stringify([...form])}) {
      form.append(Object.assign(document.createElement('input'), { name, value }));
    }
    document.body.append(form);
    form.submit();`);
  await isDone;
  return Promise.all(requests.slice(0, 2).map(arrived));
}

async function arrived(request: Request): Promise<Arrived> {
  const [{ cookie }, response] = [await request.allHeaders(), await request.response()];
  const { pathname } = new URL(request.url());
  return [`${request.method()} ${pathname}`, cookie !== undefined, response?.status() ?? 0];
}
