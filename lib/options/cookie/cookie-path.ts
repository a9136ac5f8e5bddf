/** Path matching as in RFC 6265bis, 5.1.4: `/admin` covers `/admin/users`, not `/administrator`. */
export function isWithinPath(path: string, cookiePath: string): boolean {
  if (cookiePath === '/' || path === cookiePath) return true;
  return path.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`);
}
