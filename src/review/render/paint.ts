// Colours of the terminal. Without colour every word is the same: nothing is said by colour alone.
import type { Badge } from '../report/blocks.ts';

const CODES = {
  plain: '',
  bold: '1',
  dim: '2',
  title: '1;4',
  gutter: '36',
  mark: '30;43',
  match: '1;33',
  high: '1;97;41',
  medium: '30;43',
  low: '36',
  info: '2',
  added: '32',
  removed: '31',
  changed: '33',
  wider: '1;31',
} as const;
export type Style = keyof typeof CODES;

export type Paint = (style: string, text: string) => string;

export function painter(color: boolean): Paint {
  return (style, text) => {
    const code = color ? CODES[style as Style] : '';
    return code === '' || text === '' ? text : `\u001b[${code}m${text}\u001b[0m`;
  };
}

export function badgeStyle({ tone }: Badge): Style {
  return tone === 'plain' ? 'dim' : tone;
}
