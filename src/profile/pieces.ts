// The parts of a profile that can be judged one by one, also when other parts of it have no valid shape: an author is
// to see all faults at once. Positions are kept; a part of no valid shape is undefined.
import type { ZodMiniType } from 'zod/mini';
import { shapeLibrary } from '../json/shape-library.ts';
import {
  type FilesystemGrant,
  MAX_ENTRIES,
  type ProfileDocument,
  type ProfileSecret,
  profileSchemas,
} from './schema.ts';

export type NetworkGrant = ProfileDocument['permissions']['network'][number];
export type Expectation = ProfileDocument['expects']['deny'][number];

/** Says one fault; the place is named as in the file. */
export type Report = (place: readonly PropertyKey[], message: string) => void;

/** Both undefined where the shape is not valid. */
type SecretPiece = Partial<Pick<ProfileSecret, 'deliver' | 'required'>>;

export interface ProfilePieces {
  readonly args: ReadonlyArray<string | undefined>;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: ReadonlyMap<string, SecretPiece>;
  readonly filesystem: ReadonlyArray<FilesystemGrant | undefined>;
  readonly network: ReadonlyArray<NetworkGrant | undefined>;
  readonly deny: ReadonlyArray<Expectation | undefined>;
  readonly allow: ReadonlyArray<Expectation | undefined>;
}

export function piecesOf(profile: ProfileDocument): ProfilePieces {
  const { args, env, secrets, permissions, expects } = profile;
  return {
    args,
    env,
    secrets: new Map(Object.entries(secrets)),
    filesystem: permissions.filesystem,
    network: permissions.network,
    deny: expects.deny,
    allow: expects.allow,
  };
}

/** As `piecesOf`, from a value that the schema refused. */
export function salvage(value: unknown): ProfilePieces {
  const { filesystemGrant, networkGrant, expectation } = profileSchemas();
  const granted = member(value, 'permissions');
  const expected = member(value, 'expects');
  const env = Object.entries(objectOf(member(value, 'env'))).flatMap(([name, text]) =>
    typeof text === 'string' ? [[name, text] as const] : [],
  );
  return {
    args: entries(shapeLibrary().string(), member(value, 'args')),
    env: Object.fromEntries(env),
    secrets: new Map(
      Object.entries(objectOf(member(value, 'secrets'))).map(([name, secret]) => [name, secretPiece(secret)]),
    ),
    filesystem: entries(filesystemGrant, member(granted, 'filesystem')),
    network: entries(networkGrant, member(granted, 'network')),
    deny: entries(expectation, member(expected, 'deny')),
    allow: entries(expectation, member(expected, 'allow')),
  };
}

function entries<T>(schema: ZodMiniType<T>, list: unknown): ReadonlyArray<T | undefined> {
  if (!Array.isArray(list)) return [];
  const judged = list.slice(0, MAX_ENTRIES).map((entry) => schema.safeParse(entry).data);
  // The rest, of which nothing is known, stands for one part of no valid shape.
  return list.length > MAX_ENTRIES ? [...judged, undefined] : judged;
}

function secretPiece(value: unknown): SecretPiece {
  const [deliver, required] = [member(value, 'deliver'), member(value, 'required')];
  return {
    ...(deliver === 'file' || deliver === 'argument' || deliver === 'environment' ? { deliver } : {}),
    ...(typeof required === 'boolean' ? { required } : {}),
  };
}

function member(value: unknown, key: string): unknown {
  return objectOf(value)[key];
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
