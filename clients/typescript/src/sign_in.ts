import createClient, { type Client } from "openapi-fetch";

import { withLock } from "./locks.js";
import { FitnessError } from "./problem.js";
import { fetchWithRetries } from "./retries.js";
import type { ChangePasswordRequest, LoginRequest, RegisterRequest, SignedIn, User, paths } from "./schema.js";
import type { TokenStore, Tokens } from "./tokens.js";

/** No call waits for ever for one whose connection hangs. */
const MAX_LOCKED_MILLISECONDS = 30_000;

type Refresh = () => Promise<Tokens | null>;
/** How a refresh is done by a call that has the lock, or that must wait for it. */
type Locked = (refresh: Refresh) => Promise<Tokens | null>;

/** One sign-in: it starts, is refreshed whenever its access token has expired, and ends. */
export class SignIn {
  readonly #calls: Client<paths>;
  readonly #store: TokenStore;
  readonly #lock: string;

  constructor(baseUrl: string, store: TokenStore) {
    this.#calls = createClient<paths>({ baseUrl, fetch: (request) => orThrow(fetchWithRetries(request)) });
    this.#store = store;
    this.#lock = `fitness sign-in ${baseUrl}`;
  }

  async register(body: RegisterRequest): Promise<User> {
    return this.#start(await this.#calls.POST("/api/auth/register", { body }));
  }

  async logIn(body: LoginRequest): Promise<User> {
    return this.#start(await this.#calls.POST("/api/auth/login", { body }));
  }

  /** Forgets the tokens even if the service can't be reached. */
  async end(): Promise<void> {
    const tokens = await this.replace(null);
    if (tokens === null) return;
    await this.#calls.POST("/api/auth/logout", { body: { refresh: tokens.refresh } });
  }

  /** Stores other tokens, and returns those that they replace. */
  replace(tokens: Tokens | null): Promise<Tokens | null> {
    return withLock(this.#lock, async () => {
      const replaced = await this.#store.read();
      await this.#store.write(tokens);
      return replaced;
    });
  }

  /** Calls that must refresh wait for the new pair, because the service refuses the old one. */
  changePassword(body: ChangePasswordRequest): Promise<void> {
    return withLock(this.#lock, async () => {
      const tokens = await this.#store.read();
      const fetch = (request: Request) => orThrow(this.#send(request, (refresh) => refresh()));
      const signal = AbortSignal.timeout(MAX_LOCKED_MILLISECONDS);
      const { data } = await this.#calls.POST("/api/auth/password", { body, fetch, signal });
      await this.#store.write({ ...tokens!, ...data! });
    });
  }

  /** Sends a request with the access token, and again with a new one if that has expired. */
  fetch(request: Request): Promise<Response> {
    return this.#send(request, (refresh) => withLock(this.#lock, refresh));
  }

  async #send(request: Request, locked: Locked): Promise<Response> {
    const tokens = await this.#store.read();
    const response = await fetchWithRetries(withToken(request, tokens));
    if (response.status !== 401 || tokens === null) return response;
    const fresh = await locked(() => this.#refreshed(tokens));
    return fresh === null ? response : fetchWithRetries(withToken(request, fresh));
  }

  async #start({ data }: { data?: SignedIn }): Promise<User> {
    const { user, access, refresh } = data!;
    await this.replace({ userId: user.id, access, refresh });
    return user;
  }

  /** The pair that follows an expired one. Null if the sign-in is over. Needs the lock. */
  async #refreshed(expired: Tokens): Promise<Tokens | null> {
    const current = await this.#store.read();
    // Meanwhile another call, or another tab, may have refreshed, or somebody else signed in.
    if (current?.userId !== expired.userId) return null;
    if (current.access !== expired.access) return current;
    const next = await this.#next(expired);
    await this.#store.write(next);
    return next;
  }

  async #next({ userId, refresh }: Tokens): Promise<Tokens | null> {
    try {
      const signal = AbortSignal.timeout(MAX_LOCKED_MILLISECONDS);
      const { data } = await this.#calls.POST("/api/auth/refresh", { body: { refresh }, signal });
      return { userId, ...data! };
    } catch (error) {
      if (error instanceof FitnessError && error.status === 401) return null;
      throw error;
    }
  }
}

/** Throws unless the response is a success or a 304. */
export async function orThrow(sent: Promise<Response>): Promise<Response> {
  const response = await sent;
  if (!response.ok && response.status !== 304) throw await FitnessError.of(response);
  return response;
}

function withToken(request: Request, tokens: Tokens | null): Request {
  const copy = request.clone();
  if (tokens !== null) copy.headers.set("Authorization", `Bearer ${tokens.access}`);
  return copy;
}
