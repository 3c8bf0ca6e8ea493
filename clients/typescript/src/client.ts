import createClient, { type Client } from "openapi-fetch";

import { type Call, type ListPath, type Query, type Row, callOf } from "./calls.js";
import { newKey } from "./random.js";
import type { ChangePasswordRequest, LoginRequest, RegisterRequest, User, paths } from "./schema.js";
import { SignIn, orThrow } from "./sign_in.js";
import { type SyncedPage, syncedPages } from "./sync.js";
import { MemoryTokens, type TokenStore } from "./tokens.js";

/** POSTs to these create one document, however often they are sent with one key. */
const WITH_KEYS = /\/api\/(routines|history)$/;

/**
 * The service's calls. Each method throws a FitnessError unless the response is a success, refreshes
 * the access token when it has expired, and repeats requests whose response was lost, unless they
 * could create something twice. A PATCH or PUT that is repeated can overwrite what another device
 * wrote in between: send `ifMatch` with it, and follow the guide's recipe for a 412.
 */
export class FitnessClient {
  /** The same calls, for those who need the whole response, such as its headers. */
  readonly calls: Client<paths>;
  readonly get: Call<"get">;
  readonly post: Call<"post">;
  readonly put: Call<"put">;
  readonly patch: Call<"patch">;
  readonly delete: Call<"delete">;
  readonly #signIn: SignIn;

  /** `baseUrl` is the service's origin, such as `https://fitness.example`. */
  constructor(baseUrl: string, tokens: TokenStore = new MemoryTokens()) {
    this.#signIn = new SignIn(baseUrl, tokens);
    const fetch = (request: Request) => orThrow(this.#signIn.fetch(withKey(request)));
    this.calls = createClient<paths>({ baseUrl, fetch });
    this.get = callOf(this.calls, "get");
    this.post = callOf(this.calls, "post");
    this.put = callOf(this.calls, "put");
    this.patch = callOf(this.calls, "patch");
    this.delete = callOf(this.calls, "delete");
  }

  /** Creates an account, and signs in. */
  register(body: RegisterRequest): Promise<User> {
    return this.#signIn.register(body);
  }

  logIn(body: LoginRequest): Promise<User> {
    return this.#signIn.logIn(body);
  }

  /** Ends this sign-in. The tokens are forgotten even if that throws. */
  logOut(): Promise<void> {
    return this.#signIn.end();
  }

  /** Also ends every other sign-in. */
  changePassword(body: ChangePasswordRequest): Promise<void> {
    return this.#signIn.changePassword(body);
  }

  /** Deletes the account, with all its data. */
  async deleteAccount(password: string): Promise<void> {
    await this.delete("/api/auth/me", { body: { password } });
    await this.#signIn.replace(null);
  }

  /** All rows of a list, page by page. */
  async *list<Path extends ListPath>(path: Path, query: Query<Path>): AsyncGenerator<Row<Path>> {
    const get = this.get as (path: ListPath, init: object) => Promise<Page<Row<Path>>>;
    let page = await get(path, { params: { query } });
    yield* page.results;
    while (page.next !== null) {
      // Only the link's query, so that the token goes to no other host.
      const following = Object.fromEntries(new URL(page.next).searchParams);
      page = await get(path, { params: { query: following } });
      yield* page.results;
    }
  }

  /**
   * What has changed since a page of an earlier visit, by its `next`; everything if there is none.
   * Store each page with its `next` before asking for the following one.
   */
  sync(since: string | null): AsyncGenerator<SyncedPage> {
    return syncedPages((query) => this.get("/api/sync", { params: { query } }), since);
  }
}

interface Page<T> {
  next: string | null;
  results: T[];
}

/** The `If-Match` header that allows a write only to the version that the client has. */
export function ifMatch({ revision }: { revision: string }): { "If-Match": string } {
  return { "If-Match": `"${revision}"` };
}

function withKey(request: Request): Request {
  const takesKey = request.method === "POST" && WITH_KEYS.test(new URL(request.url).pathname);
  if (!takesKey || request.headers.has("Idempotency-Key")) return request;
  const copy = request.clone();
  copy.headers.set("Idempotency-Key", newKey());
  return copy;
}
