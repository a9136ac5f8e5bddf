import { get, post } from './api.js';
import { hideSession, say, showCart, showFault, showSession } from './view.js';

const element = (id) => document.getElementById(id);

async function refreshCart() {
  showCart((await get('/cart')).items);
}

async function refreshSession() {
  try {
    const [account, devices] = await Promise.all([get('/me'), get('/devices')]);
    showSession(
      account,
      devices.find((device) => device.current),
    );
  } catch (error) {
    if (error.status !== 401) throw error;
    hideSession();
  }
}

/** Sends a form once at a time, and shows in it what went wrong. */
function onSubmit(id, send) {
  const form = element(`${id}-form`);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.ariaBusy === 'true') return;
    form.ariaBusy = 'true';
    try {
      await send(Object.fromEntries(new FormData(form)), form);
      showFault(id, '');
    } catch (error) {
      showFault(id, error.message);
    } finally {
      form.ariaBusy = 'false';
    }
  });
}

onSubmit('cart', async ({ item }, form) => {
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
  await Promise.all([refreshSession(), refreshCart()]);
  say('You are signed out.');
  element('username').focus();
});

try {
  await Promise.all([refreshSession(), refreshCart()]);
} catch (error) {
  say(error.message);
}
