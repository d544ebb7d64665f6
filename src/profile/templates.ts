// `${workspace}`, `${home}` and `${state}` in arguments, environment values and grant paths.
import { quote } from '../escape.ts';
import { closest } from '../json/closest.ts';

export const TEMPLATES = ['workspace', 'home', 'state'] as const;
export type Template = (typeof TEMPLATES)[number];

const REFERENCE = /\$\{([^{}]*)\}?/g;

function isTemplate(name: string): name is Template {
  return (TEMPLATES as readonly string[]).includes(name);
}

/** What is wrong with the templates of a text, one line each. A `${` that is no template of ours is always a fault. */
export function templateFaults(text: string): string[] {
  return [...text.matchAll(REFERENCE)].flatMap(([whole, name = '']) => {
    if (!whole.endsWith('}')) return [`${quote(whole)} has no closing brace`];
    if (isTemplate(name)) return [];
    const meant = closest(name, TEMPLATES);
    const known = TEMPLATES.map((template) => `\${${template}}`).join(', ');
    return [
      `unknown template ${quote(whole)}, ${meant === undefined ? `known are ${known}` : `did you mean \${${meant}}?`}`,
    ];
  });
}

export function usesTemplate(text: string, template: Template): boolean {
  return text.includes(`\${${template}}`);
}

/** Every template replaced, once: what a value contains is never read as a template. Texts without faults only. */
export function fillTemplates(text: string, values: Readonly<Record<Template, string>>): string {
  return text.replace(REFERENCE, (whole, name: string) => (isTemplate(name) ? values[name] : whole));
}
