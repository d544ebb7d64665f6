// Characters that a reader does not see, or sees elsewhere than they are. One table for the report, which shows each of
// them, and for the rules, which must not cry at the joiners of an emoji or of a Persian word (UC-01 to UC-08).

export type HiddenKind =
  | 'tag'
  | 'bidi'
  | 'bidi-mark'
  | 'zero-width'
  | 'selector'
  | 'control'
  | 'separator'
  | 'filler'
  | 'private'
  | 'unassigned'
  | 'pile'
  | 'space';

export interface HiddenCharacter {
  /** In UTF-16 units. */
  readonly index: number;
  readonly length: number;
  readonly code: number;
  readonly kind: HiddenKind;
  /** Where it stands it does what it is there for. */
  readonly explained: boolean;
}

// By Unicode's own properties where there are any, so that no table of ours is out of date; `escapeText` has the same.
const CANDIDATE = /[\p{C}\p{DI}\p{Zl}\p{Zp}\p{Zs}\p{Mn}\p{Me}\u2800]/gu;
const PLAIN = new Set([0x09, 0x0a, 0x20]);

/** Scripts whose words are written with joiners. */
const JOINING =
  /[\p{sc=Arab}\p{sc=Syrc}\p{sc=Mong}\p{sc=Deva}\p{sc=Beng}\p{sc=Guru}\p{sc=Gujr}\p{sc=Orya}\p{sc=Taml}\p{sc=Telu}\p{sc=Knda}\p{sc=Mlym}\p{sc=Sinh}\p{sc=Khmr}\p{sc=Mymr}\p{sc=Tibt}\p{sc=Nkoo}]/u;
const RIGHT_TO_LEFT = /[\p{sc=Hebr}\p{sc=Arab}\p{sc=Syrc}\p{sc=Thaa}\p{sc=Nkoo}]/u;
const PICTURE = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]/u;
const FLAG = /\u{1f3f4}[\u{e0061}-\u{e007a}]{2}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{1,3}\u{e007f}/gu;
/** More marks on one letter than any script puts there draw over the lines above and below. */
const MARKS_ON_ONE_LETTER = 3;

/** Every hidden character of the text, in its order. */
export function hiddenCharacters(text: string): HiddenCharacter[] {
  const found: HiddenCharacter[] = [];
  const flags = flagSpans(text);
  let flag = 0;
  let marks = 0;
  let marksEnd = -1;
  for (const { 0: character, index } of text.matchAll(CANDIDATE)) {
    const code = character.codePointAt(0) ?? 0;
    if (PLAIN.has(code) || (code === 0x0d && text[index + 1] === '\n')) continue;
    const kind = kindOf(code, character);
    if (kind === 'pile') {
      marks = marksEnd === index ? marks + 1 : 1;
      marksEnd = index + character.length;
      if (marks <= MARKS_ON_ONE_LETTER) continue;
    }
    // Both in their order: a text may be nothing but flags.
    while (flag < flags.length && (flags[flag]?.end ?? 0) <= index) flag += 1;
    const inFlag = kind === 'tag' && index >= (flags[flag]?.start ?? Number.POSITIVE_INFINITY);
    found.push({
      index,
      length: character.length,
      code,
      kind,
      explained: inFlag || isExplained(text, index, character, kind),
    });
  }
  return found;
}

function kindOf(code: number, character: string): HiddenKind {
  if (code >= 0xe0000 && code <= 0xe007f) return 'tag';
  if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)) return 'bidi';
  if (code === 0x200e || code === 0x200f || code === 0x061c) return 'bidi-mark';
  if ((code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0100 && code <= 0xe01ef)) return 'selector';
  if (/\p{Cc}/u.test(character)) return 'control';
  if (code === 0x2028 || code === 0x2029) return 'separator';
  if (/[\u115f\u1160\u3164\uffa0\u2800]/u.test(character)) return 'filler';
  if (/[\p{Cf}\p{DI}]/u.test(character)) return 'zero-width';
  if (/\p{Co}/u.test(character)) return 'private';
  if (/\p{C}/u.test(character)) return 'unassigned';
  return /\p{Zs}/u.test(character) ? 'space' : 'pile';
}

function isExplained(text: string, index: number, character: string, kind: HiddenKind): boolean {
  const before = codePointBefore(text, index);
  const after = codePointAt(text, index + character.length);
  switch (kind) {
    case 'zero-width':
      if (character === '\u200d')
        return joins(before, after) || (PICTURE.test(before) && PICTURE.test(after));
      return character === '\u200c' && joins(before, after);
    case 'selector':
      if (character === '\ufe0e' || character === '\ufe0f') return /\p{Emoji}/u.test(before);
      return /[\p{Ideographic}\p{sc=Mong}\p{sc=Phag}\p{sc=Mymr}\p{Sm}]/u.test(before);
    case 'bidi-mark':
      return RIGHT_TO_LEFT.test(text.slice(Math.max(0, index - 3), index + 4));
    case 'space':
      return true;
    case 'tag':
    case 'bidi':
    case 'control':
    case 'separator':
    case 'filler':
    case 'private':
    case 'unassigned':
    case 'pile':
      return false;
  }
}

function joins(before: string, after: string): boolean {
  return JOINING.test(before) && (JOINING.test(after) || !/\p{L}/u.test(after));
}

function flagSpans(text: string): Array<{ readonly start: number; readonly end: number }> {
  return Array.from(text.matchAll(FLAG), ({ 0: flag, index }) => ({
    start: index,
    end: index + flag.length,
  }));
}

function codePointBefore(text: string, index: number): string {
  const unit = text.slice(Math.max(0, index - 1), index);
  return /[\udc00-\udfff]/.test(unit) ? text.slice(Math.max(0, index - 2), index) : unit;
}

function codePointAt(text: string, index: number): string {
  const code = text.codePointAt(index);
  return code === undefined ? '' : String.fromCodePoint(code);
}

/** What a run of tags or selectors says to whoever reads code points: a model does. Printable ASCII, or undefined. */
export function decodeHidden(characters: readonly HiddenCharacter[]): string | undefined {
  const bytes = characters.flatMap(({ code }) => {
    if (code >= 0xe0020 && code <= 0xe007e) return [code - 0xe0000];
    if (code >= 0xfe00 && code <= 0xfe0f) return [code - 0xfe00];
    if (code >= 0xe0100 && code <= 0xe01ef) return [code - 0xe0100 + 16];
    return [];
  });
  const text = String.fromCharCode(...bytes.slice(0, 4096));
  return /^[\x20-\x7e\n\t]+$/.test(text) ? text : undefined;
}

const NAMES: Readonly<Record<number, readonly [short: string, name: string]>> = {
  0x00: ['NUL', 'null'],
  0x07: ['BEL', 'bell'],
  0x08: ['BS', 'backspace'],
  0x0b: ['VT', 'vertical tab'],
  0x0c: ['FF', 'form feed'],
  0x0d: ['CR', 'carriage return: what follows overwrites the line'],
  0x1b: ['ESC', 'escape: begins a command to the terminal'],
  0x7f: ['DEL', 'delete'],
  0x85: ['NEL', 'next line'],
  0x90: ['DCS', 'device control string'],
  0x9b: ['CSI', 'begins a command to the terminal'],
  0x9d: ['OSC', 'begins a command to the terminal'],
  0xa0: ['NBSP', 'no-break space'],
  0xad: ['SHY', 'soft hyphen'],
  0x034f: ['CGJ', 'combining grapheme joiner'],
  0x061c: ['ALM', 'Arabic letter mark'],
  0x115f: ['HCF', 'Hangul choseong filler'],
  0x1160: ['HJF', 'Hangul jungseong filler'],
  0x180e: ['MVS', 'Mongolian vowel separator'],
  0x200b: ['ZWSP', 'zero width space'],
  0x200c: ['ZWNJ', 'zero width non-joiner'],
  0x200d: ['ZWJ', 'zero width joiner'],
  0x200e: ['LRM', 'left-to-right mark'],
  0x200f: ['RLM', 'right-to-left mark'],
  0x2028: ['LSEP', 'line separator'],
  0x2029: ['PSEP', 'paragraph separator'],
  0x202a: ['LRE', 'left-to-right embedding'],
  0x202b: ['RLE', 'right-to-left embedding'],
  0x202c: ['PDF', 'pop directional formatting'],
  0x202d: ['LRO', 'left-to-right override'],
  0x202e: ['RLO', 'right-to-left override'],
  0x2060: ['WJ', 'word joiner'],
  0x2061: ['FA', 'function application'],
  0x2062: ['IT', 'invisible times'],
  0x2063: ['IS', 'invisible separator'],
  0x2064: ['IP', 'invisible plus'],
  0x2066: ['LRI', 'left-to-right isolate'],
  0x2067: ['RLI', 'right-to-left isolate'],
  0x2068: ['FSI', 'first strong isolate'],
  0x2069: ['PDI', 'pop directional isolate'],
  0x2800: ['', 'Braille blank'],
  0x3000: ['IDSP', 'ideographic space'],
  0x3164: ['HF', 'Hangul filler'],
  0xfeff: ['BOM', 'zero width no-break space'],
  0xffa0: ['HWHF', 'half-width Hangul filler'],
};

const KIND_NAMES: Readonly<Record<HiddenKind, string>> = {
  tag: 'tag character',
  bidi: 'bidi control',
  'bidi-mark': 'bidi mark',
  'zero-width': 'invisible character',
  selector: 'variation selector',
  control: 'control character',
  separator: 'line separator',
  filler: 'blank that is a letter',
  private: 'private use character',
  unassigned: 'unassigned character',
  pile: 'mark piled on marks',
  space: 'unusual space',
};

/** `ZWSP`, or nothing where there is no short name. */
export function shortName(code: number): string {
  return NAMES[code]?.[0] ?? '';
}

export function longName({ code, kind }: Pick<HiddenCharacter, 'code' | 'kind'>): string {
  return NAMES[code]?.[1] ?? KIND_NAMES[kind];
}

/** `U+200B`. */
export function codePointText(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
