const GENERAL_FAULT = 'Something went wrong on the server. Try again in a moment.';

/** A request that got no good answer; the message can be shown as it is. */
export class RequestError extends Error {
  constructor(message, { status, reason, cause } = {}) {
    super(message, { cause });
    this.status = status;
    /** Why a 401 says that nobody is signed in, as in 'expired'. */
    this.reason = reason;
  }
}

export function get(path) {
  return send(path, { cache: 'no-store' });
}

export function post(path, body = {}) {
  return send(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

export function remove(path) {
  return send(path, { method: 'DELETE' });
}

async function send(path, options) {
  const response = await fetch(path, options).catch((cause) => {
    const message = 'The server cannot be reached. Check that it is running, then try again.';
    throw new RequestError(message, { cause });
  });
  if (response.status === 204) return undefined;
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const { status } = response;
  throw new RequestError(messageOf(status, answer), { status, reason: answer.reason });
}

/** The server's own words where the visitor can do something about it. */
function messageOf(status, { message }) {
  if (status === 503) return 'The session cannot be reached right now. Try again in a moment.';
  if (status >= 500 || message === undefined) return GENERAL_FAULT;
  return [message].flat().join(' ');
}
