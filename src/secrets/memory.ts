// Memory for values. A small typed array stands in the heap of the runtime until its buffer is touched, as `subarray` does, and
// then moves out of it: what it held stays behind, where nobody can overwrite it. With a buffer of its own from the start it
// stays where it is, and overwriting it leaves nothing.

export function secretMemory(length: number): Buffer {
  return Buffer.from(new ArrayBuffer(length));
}

/** Of any parts, one after the other. */
export function secretCopy(...parts: readonly Uint8Array[]): Buffer {
  const memory = secretMemory(parts.reduce((total, { length }) => total + length, 0));
  let length = 0;
  for (const part of parts) {
    memory.set(part, length);
    length += part.length;
  }
  return memory;
}
