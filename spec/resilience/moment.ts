/** Something that happens once. */
export interface Moment {
  /** It happens now. */
  readonly come: () => void;
  /** Resolves when it has. */
  readonly came: Promise<void>;
}

/** A moment to wait for. */
export function moment(): Moment {
  let come: () => void = () => undefined;
  const came = new Promise<void>((resolve) => (come = resolve));
  return { come, came };
}
