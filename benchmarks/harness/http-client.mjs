// A plain client that keeps its connections, for all requests that must be checked closely.
import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

export function send(port, exchange) {
  const { method, path, cookie } = exchange;
  return new Promise((resolve, reject) => {
    const headers = cookie === undefined ? {} : { cookie };
    const outgoing = request(
      { host: '127.0.0.1', port, method, path, headers, agent },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({
            status: response.statusCode,
            body: Buffer.concat(chunks).toString(),
            setCookies: response.headers['set-cookie'] ?? [],
          });
        });
      },
    );
    outgoing.on('error', (error) => {
      // The server has just closed a connection that was idle for too long. The request has not reached it.
      if (outgoing.reusedSocket && error.code === 'ECONNRESET') resolve(send(port, exchange));
      else reject(error);
    });
    outgoing.end();
  });
}

/** Runs a task for each item, some at a time. */
export async function forEach(items, task, width = 32) {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await task(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
