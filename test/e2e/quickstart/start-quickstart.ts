import { createApp } from '../../../sample/quickstart/src/create-app.js';

export interface Quickstart {
  readonly url: string;
  close(): Promise<void>;
}

/** The sample as its users start it, on a free port. */
export async function startQuickstart(): Promise<Quickstart> {
  const app = await createApp({ logger: ['error'] });
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), close: () => app.close() };
}
