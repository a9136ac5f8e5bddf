import { request } from 'node:http';
import type { Agent, Server } from 'node:http';
import type { FuzzCase } from './fuzz-case.js';

/** What came back: a response, or nothing because somebody cut the connection. */
export interface FuzzAnswer {
  readonly status: number;
  readonly setCookies: readonly string[];
  readonly text: string;
}

export const NOTHING: FuzzAnswer = { status: 0, setCookies: [], text: '' };

/** How long a request may take on a busy machine. */
const DEADLINE = 30_000;

/** Sends the request of a case. */
export function send(
  server: Server,
  agent: Agent,
  fuzzCase: FuzzCase,
  path: string,
  cookie: string | undefined,
): Promise<FuzzAnswer> {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const headers = { 'x-case': fuzzCase.index, ...(cookie !== undefined && { cookie }) };
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, agent, headers });
    const deadline = setTimeout(() => {
      reject(new Error('the request hung'));
      outgoing.destroy();
    }, DEADLINE);
    const finish = (answer: FuzzAnswer): void => {
      clearTimeout(deadline);
      fuzzCase.abort = () => undefined; // the connection may serve another request now
      resolve(answer);
    };
    const broken = (error: Error): void => {
      clearTimeout(deadline);
      if (fuzzCase.isCut) resolve(NOTHING);
      else reject(error);
    };
    fuzzCase.abort = () => outgoing.destroy();
    outgoing.once('error', broken);
    outgoing.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', broken);
      response.once('end', () => {
        finish({
          status: response.statusCode ?? 0,
          setCookies: response.headers['set-cookie'] ?? [],
          text: Buffer.concat(chunks).toString(),
        });
      });
    });
    outgoing.end();
  });
}
