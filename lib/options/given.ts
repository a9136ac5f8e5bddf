/** Options as a user gives them: each may be left out, or `undefined`, for its default. */
export type Given<Complete, Required extends keyof Complete = never> = {
  [Name in Exclude<keyof Complete, Required>]?: Complete[Name] | undefined;
} & { [Name in Required]: Complete[Name] };

/** True when the user chose a value for the option. */
export function isGiven(options: object, name: string): boolean {
  return Reflect.get(options, name) !== undefined;
}
