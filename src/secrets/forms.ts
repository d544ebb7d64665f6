// How a value may look where a program prints it: as it is, inside JSON or a URL, and in base64 as a header has it.

/** What is shorter would be found everywhere. */
const MIN_CHARACTERS = 4;
/** So much of a value in base64 is no accident. */
const MIN_BASE64_CHARACTERS = 8;

export function formsOf(value: string): ReadonlySet<string> {
  const plain = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)];
  const base64 = [0, 1, 2].map((shift) => base64Within(value, shift));
  return new Set([
    ...plain.filter((form) => form.length >= MIN_CHARACTERS),
    ...base64
      .flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
      .filter((form) => form.length >= MIN_BASE64_CHARACTERS),
  ]);
}

/** The characters that the value alone decides when it begins `shift` bytes after a group of three. */
function base64Within(value: string, shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]);
  const first = Math.ceil((shift * 8) / 6);
  const end = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(first, end);
}
