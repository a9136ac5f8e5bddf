import { browserName } from './browser-name.js';

const element = (id) => document.getElementById(id);

const DATE_AND_TIME = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'short',
});
const MINUTE = 60_000;

/** Says what happened, on screen and to screen readers. */
export function say(words) {
  element('status').textContent = words;
}

export function showFault(id, words) {
  element(`${id}-error`).textContent = words;
  const inputs = [...element(`${id}-form`).querySelectorAll('input')];
  for (const input of inputs) input.ariaInvalid = words === '' ? null : 'true';
  if (words === '') return;
  say('');
  inputs.at(-1)?.select();
}

export function showCart(items) {
  element('cart-items').replaceChildren(
    ...items.map((item) => {
      const entry = document.createElement('li');
      entry.textContent = item;
      return entry;
    }),
  );
  element('cart-empty').hidden = items.length > 0;
  element('cart-count').textContent = items.length === 1 ? '1 item' : `${items.length} items`;
}

export function showSession({ username, session }, device) {
  element('session-user').textContent = username;
  showTime('session-since', session.createdAt);
  showTime('session-end', session.endsAt);
  element('session-idle').textContent = `${session.idleTimeout / MINUTE} minutes`;
  element('session-browser').textContent = browserName(device?.userAgent);
  reveal('session');
}

export function hideSession() {
  reveal('sign-in');
}

function reveal(id) {
  for (const card of ['sign-in', 'session']) element(card).hidden = card !== id;
}

function showTime(id, time) {
  element(id).dateTime = time;
  element(id).textContent = DATE_AND_TIME.format(new Date(time));
}
