function throwing(): never {
  throw new Error('it was looked at');
}

const TRAPS: ProxyHandler<object> = {
  get: throwing,
  has: throwing,
  ownKeys: throwing,
  getPrototypeOf: throwing,
  getOwnPropertyDescriptor: throwing,
};

/** An error with properties that nobody expects; `throwing` for one that cannot be read. */
function errorWith(properties: Readonly<Record<string, unknown>>): Error {
  const error = new Error('a store failed');
  for (const [name, value] of Object.entries(properties)) {
    const how = value === throwing ? { get: throwing } : { value };
    Object.defineProperty(error, name, { ...how, configurable: true });
  }
  return error;
}

function causing(depth: number): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // this many stacks would take long
  let error = new Error('at the bottom');
  for (let level = 0; level < depth; level += 1) error = new Error('on top', { cause: error });
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}

function circular(): Error {
  const error = new Error('round and round');
  error.cause = new Error('and back', { cause: error });
  return error;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** What can be thrown where nobody expects it. */
export const WEIRD: Readonly<Record<string, () => unknown>> = {
  'a text': () => 'connection lost',
  "what Express takes for 'go on'": () => 'route',
  nothing: () => undefined,
  null: () => null,
  zero: () => 0,
  'a symbol': () => Symbol('lost'),
  'a BigInt': () => 7n,
  'an object without a prototype': () => Object.create(null),
  'an object that cannot be text': () => ({ toString: throwing }),
  'a function': () => throwing,
  'a revoked proxy': revoked,
  'a proxy': () => new Proxy({}, TRAPS),
  'a proxy of an error': () => new Proxy(new Error('x'), TRAPS),
  'a cycle of causes': circular,
  'a long chain of causes': () => causing(5_000),
  'an AggregateError': () => new AggregateError([new Error('ECONNREFUSED'), circular()]),
  'an AggregateError of nothing': () => errorWith({ errors: revoked(), message: '' }),
  'no message': () => errorWith({ message: undefined }),
  'a number for a message': () => errorWith({ message: 7 }),
  'a symbol for a message': () => errorWith({ message: Symbol('x') }),
  'an object for a message': () => errorWith({ message: Object.create(null) }),
  'a name that is none': () => errorWith({ name: Symbol('x'), code: 7n }),
  'a stack that is none': () => errorWith({ stack: Object.create(null) }),
  'a cause that cannot be read': () => errorWith({ cause: throwing }),
  'a message that cannot be read': () => errorWith({ message: throwing }),
  'a status that cannot be read': () => errorWith({ status: throwing, statusCode: throwing }),
  'a code that cannot be read': () => errorWith({ code: throwing, name: throwing }),
  'a proxy for a cause': () => errorWith({ cause: new Proxy({}, TRAPS) }),
  'what looks like an error': () => Object.create(Error.prototype, { message: { get: throwing } }),
};
