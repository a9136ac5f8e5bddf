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

/** Shows the sign-in form, and why. The cart of a session ends with it, and is not shown longer. */
async function leave(words) {
  const wasSignedIn = isSignedIn();
  devices = [];
  confirmation.close();
  showSignIn();
  if (wasSignedIn) showCart([]);
  say(words);
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

onSubmit('cart', async ({ item }, form) => {
  // If the session was ended elsewhere, the item would go into a cart that nobody sees yet.
  if (isSignedIn()) await get('/me');
  const { items } = await post('/cart', { item });
  showCart(items);
  say(`${items.at(-1)} is in your cart.`);
  form.reset();
  element('item').focus();
});

onSubmit('sign-in', async (credentials, form) => {
  await post('/login', credentials);
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
  await endDevice(device).catch((error) => {
    if (error.reason !== 'stale') throw error;
    askToConfirm(() => endDevice(device), device);
  });
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

// Whoever types on has read what was said; on a phone it may lie over what comes next.
document.addEventListener('input', () => say(''));

// Back on this page after a while: what it shows may have ended, and others may have come.
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && isSignedIn()) attempt(refreshDevices, say);
});

await attempt(async () => {
  await Promise.all([refreshSession(), refreshCart()]);
}, say);
