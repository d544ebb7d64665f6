// Whether a URI is one that a template describes (RFC 6570). The template is a server's text, so nothing is compiled out of it:
// each part moves on the places up to which the URI is explained, in time that grows with both lengths and no faster.

const MAX_URI = 8 * 1024;
const MAX_PARTS = 64;

interface Part {
  /** What must stand there before the value; or all that must, in a literal. */
  readonly text: string;
  readonly isLiteral: boolean;
  /** Whether nothing at all may stand in its place: a variable that is not defined leaves nothing behind. */
  readonly isOptional: boolean;
  /** The first character of these ends the value. */
  readonly ends: ReadonlySet<string>;
}

/** As the servers of both SDKs read it; a strict client writes reserved characters as %2F. */
const SEGMENT = new Set('/');
const PATH = new Set('?#');
const QUERY = new Set('#');
const NOTHING: ReadonlySet<string> = new Set();

/** By the operator of an expression. `+` and `#` take reserved characters as they are. */
const OPERATORS: Readonly<Record<string, Omit<Part, 'isLiteral'>>> = {
  '': { text: '', isOptional: false, ends: SEGMENT },
  '+': { text: '', isOptional: false, ends: NOTHING },
  '#': { text: '#', isOptional: true, ends: NOTHING },
  '.': { text: '.', isOptional: true, ends: SEGMENT },
  '/': { text: '/', isOptional: true, ends: PATH },
  ';': { text: ';', isOptional: true, ends: SEGMENT },
  '?': { text: '?', isOptional: true, ends: QUERY },
  '&': { text: '&', isOptional: true, ends: QUERY },
};

export function matchesTemplate(uri: string, template: string): boolean {
  if (uri.length > MAX_URI) return false;
  const parts = partsOf(template);
  if (parts === undefined) return false;
  let places: readonly number[] = [0];
  for (const part of parts)
    places = part.isLiteral ? afterLiteral(uri, places, part.text) : afterValue(uri, places, part);
  return places.includes(uri.length);
}

/** undefined for what is no template. */
function partsOf(template: string): readonly Part[] | undefined {
  const pieces = template.split(/(\{[^{}]*\})/);
  if (pieces.length > MAX_PARTS) return undefined;
  const parts = pieces.map((piece) => (piece.startsWith('{') ? expression(piece) : literal(piece)));
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

function literal(text: string): Part | undefined {
  return /[{}]/.test(text) ? undefined : { text, isLiteral: true, isOptional: false, ends: NOTHING };
}

function expression(piece: string): Part | undefined {
  const { operator = '', names = '' } =
    /^\{(?<operator>[+#./;?&]?)(?<names>[\w%.-]+(?:\*|:\d{1,4})?(?:,[\w%.-]+(?:\*|:\d{1,4})?)*)\}$/.exec(
      piece,
    )?.groups ?? {};
  const rules = OPERATORS[operator];
  return names === '' || rules === undefined ? undefined : { ...rules, isLiteral: false };
}

function afterLiteral(uri: string, places: readonly number[], text: string): number[] {
  return places.filter((place) => uri.startsWith(text, place)).map((place) => place + text.length);
}

function afterValue(uri: string, places: readonly number[], { text, isOptional, ends }: Part): number[] {
  const reached = new Set<number>(isOptional ? places : []);
  // From the smallest place on each step was taken already when a larger one comes to it.
  let done = -1;
  for (const place of places) {
    if (!uri.startsWith(text, place)) continue;
    // A value has at least one character.
    for (
      let at = Math.max(place + text.length, done);
      at < uri.length && !ends.has(uri[at] as string);
      at += 1
    ) {
      reached.add(at + 1);
      done = at + 1;
    }
  }
  return [...reached].toSorted((one, other) => one - other);
}
