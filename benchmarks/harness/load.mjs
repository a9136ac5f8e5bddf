// The load, in a process of its own; every body is compared with the one right answer.
import { peer } from '../peers/peer.mjs';
import { exchangeFor, valueOf } from './routes.mjs';

const autocannon = peer('autocannon');

process.on('disconnect', () => process.exit());
process.on('message', async (job) => process.send(await run(job)));

async function run({ port, route, visitors, sessions, connections, amount, firstValue, isBusy }) {
  const mismatches = [];
  const latencies = [];
  let refused = 0;
  let startedAt;
  let endedAt;
  const instance = autocannon({
    url: `http://127.0.0.1:${port}`,
    connections,
    amount,
    sampleInt: 20,
    timeout: 60,
    setupClient: isBusy ? writersOfOne() : clientWithOwnVisitors(),
  });
  startedAt = process.hrtime.bigint();
  instance.on('response', (_client, _status, _bytes, milliseconds) => {
    latencies.push(milliseconds);
    endedAt = process.hrtime.bigint();
  });
  const { errors, timeouts } = await instance;
  const seconds = Number(endedAt - startedAt) / 1e9;
  latencies.sort((a, b) => a - b);
  return {
    requests: latencies.length,
    rps: latencies.length / seconds,
    p50: latencies[Math.floor(latencies.length * 0.5)],
    p95: latencies[Math.floor(latencies.length * 0.95)],
    p99: latencies[Math.floor(latencies.length * 0.99)],
    failures: errors + timeouts + refused,
    mismatches: mismatches.length,
    mismatch: mismatches[0],
  };

  /** No two connections share a session, and each writes a different value every time round. */
  function clientWithOwnVisitors() {
    let clients = 0;
    return (client) => {
      const own = visitors.filter((_, index) => index % connections === clients);
      clients += 1;
      const requests = [0, 1].flatMap((turn) =>
        own.map((visitor) => requestOf(visitor, valueOf(firstValue + turn))),
      );
      client.setRequests(requests);
    };
  }

  /** All share the session of one visitor, and each writes values of its own. */
  function writersOfOne() {
    let written = firstValue;
    return (client) => {
      const values = [written, written + 1].map(valueOf);
      written += 2;
      client.setRequests(values.map((value) => requestOf(visitors[0], value)));
    };
  }

  function requestOf(visitor, value) {
    const { method, path, body, cookie, setsCookie } = exchangeFor(route, visitor, sessions, value);
    const headers = cookie === undefined ? {} : { cookie };
    const onResponse = (status, answer, _context, answered) => {
      // A busy session may turn a request away; anywhere else, that is a wrong answer.
      if (isBusy && status !== 200) {
        refused += 1;
        return;
      }
      const isRight = status === 200 && answer === body;
      const hasCookie = !setsCookie || Object.keys(answered).some(isSetCookie);
      if (!isRight || !hasCookie) mismatches.push({ path, status, answer, answered });
    };
    return { method, path, headers, onResponse };
  }
}

function isSetCookie(header) {
  return header.toLowerCase() === 'set-cookie';
}
