import { request } from 'node:http';
import type { Agent } from 'node:http';
import { connect } from 'node:http2';
import type { IncomingHttpHeaders, IncomingHttpStatusHeader } from 'node:http2';
import { answerOf, NO_ANSWER, plainHeaders } from './answer.js';
import type { Answer } from './answer.js';
import type { Step } from './scenario.js';
import { cookiePair, isClearing } from './set-cookie.js';
import type { World } from './world.js';

/** Milliseconds without a byte after which a response counts as missing. */
const PATIENCE = 3_000;

/** Sends one request over HTTP/1.1, with the cookies of the world's browser, and keeps new ones. */
export async function send(
  world: World,
  step: Step,
  agent: Agent | false = false,
): Promise<Answer> {
  const answer = await new Promise<Answer>((resolve, reject) => {
    const information: number[] = [];
    const { path = '/', method = 'GET' } = step;
    const headers = headersOf(world, step);
    const target = { host: '127.0.0.1', port: world.port, path, method, headers, agent };
    const sent = request(target, (response) => {
      answerOf(response, information).then(resolve, reject);
    });
    sent.on('information', ({ statusCode }) => information.push(statusCode));
    sent.on('error', () => resolve(NO_ANSWER));
    sent.setTimeout(PATIENCE, () => sent.destroy());
    sent.end(step.body);
  });
  keepCookies(world, answer);
  return answer;
}

/** The same over HTTP/2 in clear text. */
export async function sendOverHttp2(world: World, step: Step): Promise<Answer> {
  const client = connect(`http://127.0.0.1:${world.port}`);
  try {
    const { path = '/', method = 'GET' } = step;
    const sent = client.request({ ':path': path, ':method': method, ...headersOf(world, step) });
    const information: number[] = [];
    let trailers: IncomingHttpHeaders = {};
    let headers: IncomingHttpHeaders & IncomingHttpStatusHeader = {};
    sent.on('headers', (interim) => information.push(Number(interim[':status'])));
    sent.on('response', (final) => (headers = final));
    sent.on('trailers', (last) => (trailers = last));
    sent.end(step.body);
    const chunks: Buffer[] = [];
    let isComplete = true;
    try {
      for await (const chunk of sent) chunks.push(chunk);
      isComplete = sent.rstCode === 0;
    } catch {
      isComplete = false;
    }
    const answer: Answer = {
      status: headers[':status'] ?? 0,
      message: '',
      headers: plainHeaders(headers),
      setCookies: headers['set-cookie'] ?? [],
      body: Buffer.concat(chunks).toString(),
      trailers: plainHeaders(trailers),
      information,
      isComplete,
    };
    keepCookies(world, answer);
    return answer;
  } finally {
    client.close();
  }
}

function headersOf(world: World, { headers, cookie = world.cookieHeader() }: Step) {
  return { 'x-request': world.nextNumber(), ...(cookie !== undefined && { cookie }), ...headers };
}

function keepCookies({ jar }: World, { setCookies }: Answer): void {
  for (const setCookie of setCookies) {
    const { name, value } = cookiePair(setCookie);
    if (isClearing(setCookie)) jar.delete(name);
    else jar.set(name, value);
  }
}
