export { FitnessClient, ifMatch } from "./client.js";
export { FitnessError, type FieldError } from "./problem.js";
export { newId, newKey } from "./random.js";
export type * from "./schema.js";
export type { SyncedPage } from "./sync.js";
export { BrowserTokens, MemoryTokens, type Tokens, type TokenStore } from "./tokens.js";
