const element = (id) => document.getElementById(id);

const DATE_AND_TIME = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'short',
});
const AGO = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto' });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Says what happened, on screen and to screen readers. */
export function say(words) {
  element('status').textContent = words;
}

export function showFault(id, words) {
  element(`${id}-error`).textContent = words;
  const typed = 'input:not([hidden], [type="checkbox"])';
  const inputs = [...element(`${id}-form`).querySelectorAll(typed)];
  for (const input of inputs) input.ariaInvalid = words === '' ? null : 'true';
  if (words === '') return;
  say('');
  inputs.at(-1)?.select();
}

export function showCart(items) {
  element('cart-items').replaceChildren(...items.map(cartEntry));
  element('cart-empty').hidden = items.length > 0;
  element('cart-count').textContent = items.length === 1 ? '1 item' : `${items.length} items`;
}

function cartEntry(item) {
  const button = make('button', { className: 'secondary', name: 'item', value: item }, 'Remove');
  button.ariaLabel = `Remove ${item}`;
  return make('li', { className: 'item' }, make('span', { className: 'item-name' }, item), button);
}

export function showSession({ username, session }) {
  element('session-user').textContent = username;
  element('confirm-username').value = username;
  showTime('session-since', session.createdAt);
  showTime('session-end', session.endsAt);
  const isRemembered = session.idleTimeout === null;
  element('session-lifetime').textContent = isRemembered
    ? `${DATE_AND_TIME.format(new Date(session.endsAt))}, used or not`
    : `after ${session.idleTimeout / MINUTE} minutes without use`;
  element('session-latest').hidden = isRemembered;
  reveal(['session', 'devices']);
}

export function showSignIn() {
  reveal(['sign-in']);
}

/** A device in words: "Firefox 151 on Windows". */
export function nameOf({ browser, system }) {
  const name = browser ?? 'Unknown browser';
  return system === null ? name : `${name} on ${system}`;
}

/** Lists this device first. The focus stays on a device that it was on. */
export function showDevices(devices) {
  const focused = document.activeElement?.closest('.device')?.id;
  const others = devices.filter(({ current }) => !current);
  const entries = [...devices.filter(({ current }) => current), ...others].map(deviceEntry);
  element('device-list').replaceChildren(...entries);
  element('device-count').textContent = `${devices.length} signed in`;
  element('end-others').hidden = others.length === 0;
  element('devices-alone').hidden = others.length > 0;
  if (focused !== undefined) element(focused)?.querySelector('button')?.focus();
}

/** Says in the dialog what the password is for: to end one device, or all but this one. */
export function showConfirmation(device) {
  const isOne = device !== undefined;
  element('confirm-title').textContent = `Sign out ${isOne ? nameOf(device) : 'all other devices'}`;
  // Several devices may have one name; when and from where they signed in tells them apart.
  const which = isOne ? `${signInOf(device)}.` : 'Every device but this one.';
  element('confirm-hint').textContent = `${which} Enter your password to confirm that it is you.`;
  element('confirm-end').textContent = isOne ? 'Sign it out' : 'Sign them out';
}

function signInOf({ createdAt, ip }) {
  const when = `Signed in ${DATE_AND_TIME.format(new Date(createdAt))}`;
  return ip === null ? when : `${when} from ${ip}`;
}

function deviceEntry(device) {
  const { handle, current } = device;
  const id = `device-${handle}`;
  const entry = make('li', { id, className: 'device' });
  const name = make('p', { className: 'device-name' }, nameOf(device));
  if (current) name.append(' ', make('span', { className: 'badge' }, 'This device'));
  const facts = make('p', { id: `${id}-facts`, className: 'device-facts' });
  facts.append(...factsOf(device).map((fact) => make('span', {}, fact)));
  entry.append(name, facts);
  if (!current) entry.append(endButton(device, facts));
  return entry;
}

function factsOf({ current, seenAt, createdAt, ip }) {
  return [
    current ? 'In use now' : time(seenAt, `Last seen ${ago(seenAt)}`),
    time(createdAt, `Signed in ${DATE_AND_TIME.format(new Date(createdAt))}`),
    ...(ip === null ? [] : [`From ${ip}`]),
  ];
}

/** A button of the list's form: which device it ends is its value. */
function endButton(device, facts) {
  const button = make('button', { className: 'secondary', name: 'handle' }, 'Sign out');
  button.value = device.handle;
  button.ariaLabel = `Sign out ${nameOf(device)}`;
  button.setAttribute('aria-describedby', facts.id);
  return button;
}

function ago(moment) {
  const age = Date.now() - new Date(moment).getTime();
  if (age < MINUTE) return 'just now';
  if (age < HOUR) return AGO.format(-Math.floor(age / MINUTE), 'minute');
  return AGO.format(-Math.floor(age / HOUR), 'hour');
}

function reveal(shown) {
  for (const card of ['sign-in', 'session', 'devices']) {
    element(card).hidden = !shown.includes(card);
  }
}

function showTime(id, moment) {
  element(id).dateTime = moment;
  element(id).textContent = DATE_AND_TIME.format(new Date(moment));
}

function time(moment, words) {
  return make('time', { dateTime: moment, title: DATE_AND_TIME.format(new Date(moment)) }, words);
}

/** What visitors typed, or their browsers claim to be, is always put on the page as text. */
function make(tag, properties, ...content) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...content);
  return made;
}
