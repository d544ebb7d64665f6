// The sections after the definitions: the surroundings, the limits, and at the very end what an approval takes.
import { canonicalJson } from '../../pins/canonical-json.ts';
import { digestHex } from '../../digest.ts';
import { PROFILE_NAME } from '../../profile/schema.ts';
import type { DeniedAttempt, ProbeReport } from '../material.ts';
import type { ReviewModel } from '../model.ts';
import { countWords } from '../plain-words.ts';
import { byText } from '../subject.ts';
import { type Block, type Line, type Section, theirs } from './blocks.ts';

export function crossProfileSection({ crossProfile, otherProfiles }: ReviewModel): Section {
  const compared: Line =
    otherProfiles.length === 0
      ? ['no other profile has approved definitions to compare with']
      : [`compared with ${countWords(otherProfiles.length, 'profile')}: `, theirs(otherProfiles.join(', '))];
  return {
    id: 'other-profiles',
    title: 'other profiles',
    count: crossProfile.length,
    blocks: [
      { kind: 'note', text: compared },
      ...(crossProfile.length === 0
        ? otherProfiles.length === 0
          ? []
          : [{ kind: 'note' as const, text: ['no name is theirs too, and no text speaks of their tools'] }]
        : [
            {
              kind: 'list' as const,
              items: crossProfile.map(({ title, pointer, excerpts }) => ({
                text: [
                  `${title}: `,
                  theirs(pointer),
                  ...(excerpts[0] === undefined ? [] : [', ', ...excerpts[0].note]),
                ],
              })),
            },
          ]),
    ],
  };
}

export function probesSection({ probes, notes }: ReviewModel): Section {
  const denied = mergeDenied(probes);
  return {
    id: 'probes',
    title: 'behaviour in the sandbox',
    count: probes.length,
    blocks: [
      {
        kind: 'note',
        text: [
          'started in its own sandbox with no network, no secrets and empty folders, listed, and ended; no tool was called',
        ],
      },
      {
        kind: 'table',
        // Not how long a start took: two reviewers of one server get the same bytes.
        head: ['client', 'capabilities', 'protocol', 'asked twice', 'changes announced'],
        rows: probes.map((probe) => [
          [theirs(probe.client)],
          [
            Object.keys(probe.capabilities).length === 0 ? 'none' : theirs(canonicalJson(probe.capabilities)),
            ...(probe.context.secrets === undefined ? [] : [', with its optional secrets']),
          ],
          [theirs(`${probe.context.generation} ${probe.context.protocolVersion}`)],
          [probe.stable === undefined ? 'no' : probe.stable ? 'the same' : 'not the same'],
          [String(probe.listChanged)],
        ]),
      },
      ...(notes.length === 0
        ? []
        : [{ kind: 'list' as const, items: notes.map((note) => ({ text: ['note: ', theirs(note)] })) }]),
      { kind: 'heading', text: 'denied' },
      denied.length === 0
        ? { kind: 'note', text: ['it tried nothing that was denied and noticed'] }
        : {
            kind: 'table',
            head: ['by', 'what', 'why', 'times'],
            rows: denied.map(({ by, what, reason, count }) => [
              [by],
              [theirs(what)],
              [theirs(reason)],
              [String(count)],
            ]),
          },
      ...stderrBlocks(probes),
    ],
  };
}

function mergeDenied(probes: readonly ProbeReport[]): DeniedAttempt[] {
  const merged = new Map<string, DeniedAttempt>();
  for (const attempt of probes.flatMap((probe) => probe.denied)) {
    const key = `${attempt.by} ${attempt.reason} ${attempt.what}`;
    merged.set(key, { ...attempt, count: attempt.count + (merged.get(key)?.count ?? 0) });
  }
  return [...merged.keys()].toSorted(byText).map((key) => merged.get(key) as DeniedAttempt);
}

/** A program that says the same at each start is quoted once. */
function stderrBlocks(probes: readonly ProbeReport[]): Block[] {
  const byText = new Map<string, string[]>();
  for (const { stderr, client } of probes)
    if (stderr !== '') byText.set(stderr, [...(byText.get(stderr) ?? []), client]);
  return [...byText].map(([text, clients]): Block => {
    return {
      kind: 'payload',
      label: [`stderr, in ${countWords(clients.length, 'start')}`],
      text: text.replace(/\r?\n$/, ''),
    };
  });
}

export function limitsSection(_model: ReviewModel): Section {
  return {
    id: 'limits',
    title: 'not looked at',
    count: undefined,
    blocks: [
      {
        kind: 'list',
        items: [
          'a pin says "the same as reviewed"; it does not say "harmless"',
          'what tools return, the text of prompts and the content of resources: nobody sees these before a session',
          'what the code does, and whether it does what its descriptions say: it was started and listed, its tools were not called',
          'text in other languages than English, ROT13, and text that several definitions only say together: the rules do not find these',
          'vulnerabilities that are known, and whether it is true what the registry says of who published a package, when and from what',
          'a server that waits for a date, a host or a call before it shows another list; at run time the pins hold it',
        ].map((text) => ({ text: [text] })),
      },
    ],
  };
}

/** As many digits as an approval takes at least. */
const PREFIX = 32;

export function approvalSection(model: ReviewModel): Section {
  const { digest } = model;
  return {
    id: 'approval',
    title: 'approval',
    count: undefined,
    blocks: [
      {
        kind: 'note',
        text: [
          'the digest binds the package, its lockfile, the grants, the arguments, the names of the environment, and every definition above in each context',
        ],
      },
      {
        kind: 'facts',
        rows: [['digest', [digest]], approvalRow(model)],
      },
    ],
  };
}

function approvalRow({ digest, profile, state }: ReviewModel): readonly [string, Line] {
  if (state === 'unchanged') return ['approved', ['this digest is the approved one']];
  // What is reviewed before there is a profile for it can be approved once there is.
  if (!PROFILE_NAME.test(profile.name)) return ['to approve', ['write a profile for it first']];
  return ['to approve', [`cordon approve ${profile.name} --digest ${digestHex(digest).slice(0, PREFIX)}`]];
}
