/** A payload as a cookie can carry it. */
export interface SealedToken {
  readonly payload: string;
  readonly value: string;
}
