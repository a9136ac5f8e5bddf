/** The patterns that a pattern with `{a|b}` stands for. */
export function alternativesOf(pattern: string): string[] {
  const [braces, choices] = /\{([^}]*)\}/.exec(pattern) ?? [];
  if (braces === undefined || choices === undefined) return [pattern];
  return choices
    .split('|')
    .flatMap((choice) => alternativesOf(pattern.replace(braces, () => choice)));
}

/** Tells whether a scenario has such a name; `*` stands for anything, and `{a|b}` for either. */
export function isNamed(pattern: string, name: string): boolean {
  return alternativesOf(pattern).some((alternative) => {
    const parts = alternative
      .split('*')
      .map((part) => part.replace(/[.+?^$()[\]\\]/g, String.raw`\$&`));
    return new RegExp(`^${parts.join('.*')}$`).test(name);
  });
}
