/** A user's pair of tokens, of which `access` lives for minutes and `refresh` works once. */
export interface Tokens {
  readonly userId: string;
  readonly access: string;
  readonly refresh: string;
}

/** Where the tokens are kept: for example in a phone's keychain. */
export interface TokenStore {
  /** Null if nobody is signed in. */
  read(): Promise<Tokens | null>;
  write(tokens: Tokens | null): Promise<void>;
}

/** Forgets the tokens with the page or the process. */
export class MemoryTokens implements TokenStore {
  #tokens: Tokens | null = null;

  async read(): Promise<Tokens | null> {
    return this.#tokens;
  }

  async write(tokens: Tokens | null): Promise<void> {
    this.#tokens = tokens;
  }
}

/** Keeps the tokens in the browser, where all tabs of one origin share a sign-in. */
export class BrowserTokens implements TokenStore {
  readonly #key: string;

  constructor(key = "fitness-tokens") {
    this.#key = key;
  }

  async read(): Promise<Tokens | null> {
    const text = localStorage.getItem(this.#key);
    return text === null ? null : (JSON.parse(text) as Tokens);
  }

  async write(tokens: Tokens | null): Promise<void> {
    if (tokens === null) return localStorage.removeItem(this.#key);
    localStorage.setItem(this.#key, JSON.stringify(tokens));
  }
}
