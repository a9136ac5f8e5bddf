// What the sessions of the benchmark hold: a few attributes, as many bytes of JSON as asked for.

/** The names of a session's attributes; whatever else is on a session object is not content. */
const ATTRIBUTES = ['name', 'value', 'user', 'cart', 'note'];

export function contentOf(number, size) {
  const content = {
    name: nameOf(number),
    value: '000000',
    user: { id: number, roles: ['customer'] },
    cart: [],
    note: '',
  };
  const item = { sku: 'tea-0001', title: 'Sencha, 100 g', price: 1290, count: 2 };
  const room = size - JSON.stringify(content).length;
  const items = Math.max(0, Math.floor((room - 40) / lengthIn(item)));
  content.cart = Array.from({ length: items }, () => ({ ...item }));
  content.note = 'x'.repeat(size - JSON.stringify(content).length);
  return content;
}

export function nameOf(number) {
  return `visitor-${String(number).padStart(4, '0')}`;
}

export function contentIn(session) {
  return Object.fromEntries(ATTRIBUTES.map((name) => [name, session[name]]));
}

/** Of an item of an array: its comma, too. */
function lengthIn(item) {
  return JSON.stringify(item).length + 1;
}
