// The values of a server's secrets on their way into the sandbox. They stand in private memory that can be overwritten, so
// that no JSON, no log line and no inspection of an object that holds them shows one, and nothing is left after the start.

export class SecretValues {
  readonly #values: Map<string, Buffer>;

  private constructor(values: Map<string, Buffer>) {
    this.#values = values;
  }

  static none(): SecretValues {
    return new SecretValues(new Map());
  }

  /** Takes the buffers over. */
  static of(values: ReadonlyMap<string, Buffer>): SecretValues {
    return new SecretValues(new Map(values));
  }

  get names(): ReadonlySet<string> {
    return new Set(this.#values.keys());
  }

  /** By name. */
  get all(): ReadonlyMap<string, Buffer> {
    return this.#values;
  }

  /** Throws for a secret that is not there, or not any more: an empty one must never reach a server. */
  bytesOf(name: string): Buffer {
    const bytes = this.#values.get(name);
    if (bytes === undefined) throw new TypeError(`there is no value for the secret ${name}`);
    return bytes;
  }

  /** Overwrites and forgets. */
  drop(): void {
    for (const bytes of this.#values.values()) bytes.fill(0);
    this.#values.clear();
  }
}
