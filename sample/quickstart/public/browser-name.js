// Most browsers also claim to be Chrome or Safari, and most systems to be another: order matters.
const BROWSERS = [
  ['Edge', /Edg\w*\/(\d+)/],
  ['Opera', /OPR\/(\d+)/],
  ['Firefox', /(?:Firefox|FxiOS)\/(\d+)/],
  ['Chrome', /(?:Chrome|CriOS)\/(\d+)/],
  ['Safari', /Version\/(\d+).*Safari/],
];

const SYSTEMS = [
  ['Windows', /Windows/],
  ['Android', /Android/],
  ['iOS', /iPhone|iPad/],
  ['ChromeOS', /CrOS/],
  ['macOS', /Mac OS X/],
  ['Linux', /Linux/],
];

/** A user agent in words: "Firefox 151 on Linux". */
export function browserName(userAgent = '') {
  const [browser, pattern] = BROWSERS.find(([, pattern]) => pattern.test(userAgent)) ?? [];
  if (browser === undefined) return 'Unknown browser';
  const [, version] = pattern.exec(userAgent);
  const [system] = SYSTEMS.find(([, pattern]) => pattern.test(userAgent)) ?? [];
  return system === undefined ? `${browser} ${version}` : `${browser} ${version} on ${system}`;
}
