/**
 * Options as a user writes them: one that is left out or `undefined` has its default. Required ones cannot be
 * left out, but can be `undefined`, as unset environment variables are; the error at boot says so.
 */
export type OptionalExcept<Complete, Required extends keyof Complete = never> = OrUndefined<
  Pick<Complete, Required>
> &
  Partial<OrUndefined<Omit<Complete, Required>>>;

// Mapped over a plain `keyof`, so that editors show the docstring of each option.
type OrUndefined<T> = { [Name in keyof T]: T[Name] | undefined };

/** True if the user chose a value for the option. */
export function isSet(options: object, name: string): boolean {
  return Reflect.get(options, name) !== undefined;
}

/** Copies the chosen values over the defaults; `undefined` means "the default". */
export function withDefaults<T extends object>(defaults: T, chosen: object): T {
  const known = Object.entries(chosen).filter(
    ([name, value]) => value !== undefined && Object.hasOwn(defaults, name),
  );
  return Object.assign(defaults, Object.fromEntries(known));
}
