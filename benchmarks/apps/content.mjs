// What the sessions of the benchmark hold: a few attributes, with as many bytes of JSON as asked for.

/** The names of a session's attributes; whatever else is on a session object is not content. */
const ATTRIBUTES = ['name', 'value', 'user', 'cart', 'note'];

/** The prefix of the names of many attributes. */
const MANY = 'f-';

/** @param attributes how many there are beside name and value; a usual session unless given */
export function contentOf(number, size, attributes) {
  return attributes === undefined ? usual(number, size) : manifold(number, size, attributes);
}

function usual(number, size) {
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

/** As many attributes as asked for, of the same size; the last one takes what is left. */
function manifold(number, size, attributes) {
  const content = { name: nameOf(number), value: '000000' };
  const names = Array.from({ length: attributes }, (_, index) => MANY + index.toString(36));
  for (const name of names) content[name] = '';
  const room = size - JSON.stringify(content).length;
  const each = 'x'.repeat(Math.floor(room / attributes));
  for (const name of names) content[name] = each;
  content[names.at(-1)] = 'x'.repeat(room - each.length * (attributes - 1));
  return content;
}

export function nameOf(number) {
  return `visitor-${String(number).padStart(4, '0')}`;
}

export function contentIn(session) {
  const many = Object.keys(session).filter((name) => name.startsWith(MANY));
  return Object.fromEntries([...ATTRIBUTES, ...many].map((name) => [name, session[name]]));
}

/** The length of an array item, including its comma. */
function lengthIn(item) {
  return JSON.stringify(item).length + 1;
}
