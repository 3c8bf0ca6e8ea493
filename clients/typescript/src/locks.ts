const tails = new Map<string, Promise<unknown>>();

/**
 * Does the work while nobody else holds the lock of this name: no other call on this page, and no
 * other tab where the browser has `navigator.locks` (over https and on localhost).
 */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  // Some browsers, and older releases of Node, don't have it, whatever its type says.
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  return locks ? locks.request(name, work) : withLocalLock(name, work);
}

function withLocalLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const result = (tails.get(name) ?? Promise.resolve()).then(work);
  const tail = result.catch(() => undefined);
  tails.set(name, tail);
  return result;
}
