/** An id for a new document: 24 hexadecimal digits. */
export function newId(): string {
  return randomHex(12);
}

/** A key for `Idempotency-Key`. */
export function newKey(): string {
  return randomHex(16);
}

/** `crypto.randomUUID` is missing on pages that were loaded over plain http. */
function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
