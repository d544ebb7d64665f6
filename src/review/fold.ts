// Text as a model reads it, for rules that look for words: nothing invisible between letters, compatibility forms and
// letters of other scripts that look Latin made Latin, accents gone. Each unit of the result knows where it came from, so
// that a finding shows the text as it is.

export interface FoldedText {
  readonly text: string;
  /** Index in the source of each UTF-16 unit of `text`; one more at the end. */
  readonly source: readonly number[];
}

const INVISIBLE = /[\p{Cf}\p{DI}\p{Mn}\p{Me}\p{Co}\p{Cn}\p{Cs}]/u;
// oxlint-disable-next-line no-control-regex
const ASCII = /^[\u0000-\u007f]*$/;

export function foldText(text: string): FoldedText {
  if (ASCII.test(text)) return { text: spacesFor(text), source: indexes(text.length) };
  let folded = '';
  const source: number[] = [];
  let index = 0;
  for (const character of text) {
    const plain = foldCharacter(character);
    for (let unit = 0; unit < plain.length; unit += 1) source.push(index);
    folded += plain;
    index += character.length;
  }
  return { text: folded, source: [...source, text.length] };
}

// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

function spacesFor(text: string): string {
  return text.replace(CONTROLS, ' ');
}

function indexes(length: number): number[] {
  return Array.from({ length: length + 1 }, (_, index) => index);
}

function foldCharacter(character: string): string {
  if (INVISIBLE.test(character)) return '';
  if (/[\p{Cc}\p{Z}]/u.test(character)) return character === '\n' || character === '\t' ? character : ' ';
  const plain = character.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  return Array.from(plain, (letter) => LOOK_ALIKE[letter] ?? letter).join('');
}

/** Letters of Cyrillic, Greek and others that most fonts draw as a Latin one. */
const LOOK_ALIKE: Readonly<Record<string, string>> = Object.fromEntries(
  (
    [
      ['a', 'аɑα'],
      ['b', 'ЬƄ'],
      ['c', 'сϲⅽ'],
      ['d', 'ԁⅾ'],
      ['e', 'еҽ'],
      ['g', 'ɡց'],
      ['h', 'һհ'],
      ['i', 'іıɩι'],
      ['j', 'јϳ'],
      ['k', 'κк'],
      ['l', 'ӏⅼǀ'],
      ['m', 'ⅿм'],
      ['n', 'ոп'],
      ['o', 'оοօσ'],
      ['p', 'рρ'],
      ['q', 'ԛ'],
      ['r', 'гᴦ'],
      ['s', 'ѕꜱ'],
      ['t', 'тτ'],
      ['u', 'υսᴜ'],
      ['v', 'νѵⅴ'],
      ['w', 'ԝѡաω'],
      ['x', 'хⅹ'],
      ['y', 'уүγ'],
      ['z', 'ᴢ'],
      ['A', 'АΑ'],
      ['B', 'ВΒ'],
      ['C', 'СϹ'],
      ['E', 'ЕΕ'],
      ['H', 'НΗ'],
      ['I', 'ІΙӀ'],
      ['J', 'Ј'],
      ['K', 'КΚ'],
      ['M', 'МΜ'],
      ['N', 'Ν'],
      ['O', 'ОΟ'],
      ['P', 'РΡ'],
      ['S', 'Ѕ'],
      ['T', 'ТΤ'],
      ['X', 'ХΧ'],
      ['Y', 'ҮΥ'],
      ['Z', 'Ζ'],
    ] as const
  ).flatMap(([latin, others]) => Array.from(others, (letter) => [letter, latin] as const)),
);

/** What all names that look alike have in common: also `l`, `I` and `1`, `O` and `0`, `rn` and `m`, and no separators. */
export function skeleton(name: string): string {
  return foldText(name)
    .text.toLowerCase()
    .replaceAll(/[1l|!]/g, 'i')
    .replaceAll('0', 'o')
    .replaceAll('rn', 'm')
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** `reading_ssh_id_rsa`, `readingSshIdRsa` and `reading-ssh.idRsa` as words. */
export function splitName(name: string): string {
  return foldText(name)
    .text.replaceAll(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase();
}
