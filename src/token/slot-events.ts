// C_WaitForSlotEvent's callers on one worker: who waits until some slot's token is made or deleted.

export class SlotEvents {
  readonly #waiting = new Map<number, PromiseWithResolvers<void>>();

  /** Fulfilled when there may be something new. */
  next(application: number): Promise<void> {
    const waiting = this.#waiting.get(application) ?? Promise.withResolvers<void>();
    this.#waiting.set(application, waiting);
    return waiting.promise;
  }

  happened(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { resolve } of waiting) resolve();
  }

  /** The application has gone: nobody hears an answer any more. */
  forget(application: number): void {
    this.#waiting.delete(application);
  }
}
