// When a process that answers one request at a time reads and writes: for lone-request.mjs.
import { subscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

let request = [];
let requests = [];
let isTracing = false;

/** @param redisPort tells the sockets to Redis from those of clients */
export function startTrace(redisPort) {
  requests = [];
  if (isTracing) return;
  isTracing = true;
  const isToRedis = (socket) => socket.remotePort === redisPort;
  for (const name of ['_write', '_writev']) {
    const method = Socket.prototype[name];
    Socket.prototype[name] = function (...args) {
      note(isToRedis(this) ? 'sent to Redis' : 'sent to the client');
      return method.apply(this, args);
    };
  }
  const { push } = Socket.prototype;
  Socket.prototype.push = function (...args) {
    if (args[0] !== null && isToRedis(this)) note('answered by Redis');
    return push.apply(this, args);
  };
  subscribe('http.server.request.start', () => {
    request = [];
    note('request');
  });
  subscribe('http.server.response.finish', () => {
    note('finished');
    requests.push(request);
  });
}

function note(event) {
  request.push({ event, at: performance.now() });
}

/** The path that most requests took: each step, and its median in µs. */
export function stopTrace() {
  const ways = new Map();
  for (const one of requests) {
    const way = one.map(({ event }) => event).join();
    ways.set(way, [...(ways.get(way) ?? []), one]);
  }
  const [[way, same]] = [...ways].toSorted(([, one], [, other]) => other.length - one.length);
  return way.split(',').map((event, step) => {
    const times = same.map((one) => (one[step].at - (one[step - 1] ?? one[step]).at) * 1_000);
    return { event, microseconds: times.toSorted((a, b) => a - b)[times.length >> 1] };
  });
}
