// Pins -> text of a pins.json. One definition after the other with its whole text, so that a change of one shows as such where
// files are reviewed.
import { type Definition, type Definitions, hashInstructions, KEY_MEMBER } from './definitions.ts';
import type { Pins } from './schema.ts';

export function formatPins({ definitions, approval, ...packagePins }: Pins): string {
  const document = {
    ...packagePins,
    ...(definitions.length === 0 ? {} : { definitions: definitions.map(formatDefinitions) }),
    ...(approval === undefined ? {} : { approval }),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function formatDefinitions(definitions: Definitions) {
  const { context, serverInfo, capabilities, instructions, tools, prompts, resources, templates } =
    definitions;
  return {
    context,
    serverInfo,
    capabilities,
    instructions:
      instructions === null ? null : { sha256: hashInstructions(instructions), text: instructions },
    tools: tools.map(formatDefinition),
    prompts: prompts.map(formatDefinition),
    resources: resources.map(formatDefinition),
    templates: templates.map(formatDefinition),
  };
}

function formatDefinition({ kind, key, value, hash }: Definition) {
  return { [KEY_MEMBER[kind]]: key, sha256: hash, definition: value };
}
