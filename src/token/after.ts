// A handler that has nothing to wait for answers at once: its worker needs no event loop for it.

/** What comes after a value, or after it has come. */
export const after = <T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> =>
  value instanceof Promise ? value.then(next) : next(value);
