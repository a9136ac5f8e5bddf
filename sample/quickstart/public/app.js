import { get, post, remove } from './api.js';
import {
  nameOf,
  say,
  showCart,
  showConfirmation,
  showDevices,
  showFault,
  showSession,
  showSignIn,
} from './view.js';

/** What to say when the session that this page showed is over. */
const FAREWELLS = {
  anonymous: 'You are no longer signed in.',
  expired: 'You were signed out, because this session was not used for a while.',
  revoked: 'You were signed out from another device. Sign in to go on.',
  evicted: 'You were signed out, because you are signed in on too many other devices.',
  'absolute-timeout': 'You were signed out, because this session had reached its maximum age.',
};

const element = (id) => document.getElementById(id);
const confirmation = element('confirm');

let devices = [];

/** What is to be done once the password was given. */
let confirmed;

const isSignedIn = () => devices.length > 0;

async function refreshCart() {
  showCart((await get('/cart')).items);
}

async function refreshDevices() {
  devices = await get('/devices');
  showDevices(devices);
}

async function refreshSession() {
  const account = await get('/me');
  await refreshDevices();
  showSession(account);
}

/** Shows the sign-in form, and why. The cart of a session ends with it, which is said, too. */
async function leave(words) {
  const wasSignedIn = isSignedIn();
  const hadItems = element('cart-items').childElementCount > 0;
  devices = [];
  confirmation.close();
  showSignIn();
  if (wasSignedIn) showCart([]);
  say(wasSignedIn && hadItems ? `${words} Your cart is empty now.` : words);
  if (wasSignedIn) element('username').focus();
  await refreshCart().catch((error) => say(error.message));
}

/** Does something, and leaves when it turns out that the session is over. */
async function attempt(work, showMessage) {
  try {
    await work().catch((error) => {
      if (!Object.hasOwn(FAREWELLS, error.reason)) throw error;
      const isNews = isSignedIn() || error.reason !== 'anonymous';
      return leave(isNews ? FAREWELLS[error.reason] : '');
    });
  } catch (error) {
    showMessage(error.message);
  }
}

/** Sends a form once at a time, and shows in it what went wrong. */
function onSubmit(id, send) {
  const form = element(`${id}-form`);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.ariaBusy === 'true') return;
    form.ariaBusy = 'true';
    showFault(id, '');
    await attempt(
      () => send(Object.fromEntries(new FormData(form, event.submitter)), form),
      (message) => showFault(id, message),
    );
    form.ariaBusy = 'false';
  });
}

/** If the session was ended elsewhere, this is not the cart that the page shows. */
async function changeCart(change) {
  if (isSignedIn()) await get('/me');
  const { items } = await change();
  showCart(items);
  return items;
}

onSubmit('cart', async ({ item }, form) => {
  const items = await changeCart(() => post('/cart', { item }));
  say(`${items.at(-1)} is in your cart.`);
  form.reset();
  element('item').focus();
});

onSubmit('items', async ({ item }) => {
  await changeCart(() => remove(`/cart?${new URLSearchParams({ item })}`));
  say(`${item} is no longer in your cart.`);
  element('cart-title').focus();
});

onSubmit('sign-in', async ({ remember, ...credentials }, form) => {
  await post('/login', { ...credentials, remember: remember === 'on' });
  form.reset();
  await Promise.all([refreshSession(), refreshCart()]);
  say(`Welcome, ${credentials.username}. You are signed in.`);
  element('session-title').focus();
});

onSubmit('sign-out', async () => {
  await post('/logout');
  await leave('You are signed out.');
});

onSubmit('devices', async ({ handle }) => {
  const device = devices.find((device) => device.handle === handle);
  askToConfirm(() => endDevice(device), device);
});

onSubmit('confirm', async ({ password }) => {
  await post('/confirm', { password });
  if (confirmation.open) await confirmed(); // It may have been cancelled meanwhile.
});

async function endDevice(device) {
  await remove(`/devices/${device.handle}`).catch((error) => {
    if (error.status !== 404) throw error; // It has ended meanwhile, which is what was asked for.
  });
  await showEnded(`${nameOf(device)} is signed out.`);
}

async function endOthers() {
  const { ended } = await remove('/devices');
  await showEnded(
    ended === 1 ? 'The other device is signed out.' : `${ended} other devices are signed out.`,
  );
}

async function showEnded(words) {
  confirmation.close();
  await refreshDevices();
  say(words);
  element('devices-title').focus();
}

function askToConfirm(work, device) {
  confirmed = work;
  say('');
  showConfirmation(device);
  confirmation.showModal();
}

element('end-others').addEventListener('click', () => askToConfirm(endOthers));
element('confirm-cancel').addEventListener('click', () => confirmation.close());
confirmation.addEventListener('close', () => {
  element('confirm-form').reset();
  showFault('confirm', '');
});

// Whoever goes on has read what was said; it may lie over what comes next.
for (const going of ['input', 'pointerdown']) document.addEventListener(going, () => say(''));

// Back on this page after a while: what it shows may have ended, and others may have come.
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && isSignedIn()) attempt(refreshDevices, say);
});

await attempt(async () => {
  await Promise.all([refreshSession(), refreshCart()]);
}, say);
element('columns').hidden = false;
