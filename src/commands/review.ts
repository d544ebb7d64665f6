// `cordon review <profile>` and `cordon review npm:<package>@<version>`: starts the server in quarantine and shows everything
// that a person should see before it is approved.
import fs from 'node:fs';
import path from 'node:path';
import { escapeText } from '../escape.ts';
import { outputUnwritable, usageInvalid } from '../messages/usage.ts';
import { loadProfile } from '../profile/load.ts';
import { resolveServer } from '../resolve/resolve.ts';
import { pinCandidate, profileForSpec } from '../review/candidate.ts';
import { type Collected, collect } from '../review/collect.ts';
import { inQuarantine } from '../review/quarantine.ts';
import { documentText, reviewDocument } from '../review/document.ts';
import { renderReviewHtml } from '../review/html/page.ts';
import { reviewModel } from '../review/model.ts';
import { renderReviewMarkdown } from '../review/render/markdown.ts';
import { renderReviewText } from '../review/render/text.ts';
import { writeAtomically } from '../store/atomic-write.ts';
import type { CommandContext } from './context.ts';
import { showPaged } from './pager.ts';
import { showProgress } from './progress.ts';

const DEFAULT_WIDTH = 100;

export interface ReviewOptions {
  readonly markdown?: boolean;
  readonly html?: string;
  readonly pager?: boolean;
}

/** Exit status 0 when this very state is approved, 1 when it is not. The report is advice; the status is for scripts. */
export async function reviewCommand(
  context: CommandContext,
  [target, ...more]: readonly string[],
  options: ReviewOptions,
): Promise<number> {
  if (target === undefined || more.length > 0)
    throw usageInvalid('cordon review takes one profile, or npm:<package>@<version>');
  // Before servers are started: a page that has nowhere to go.
  if (options.html !== undefined) requireFolder(options.html);
  const collected = await collectFor(context, target);
  show(context, collected, options);
  const { material } = collected;
  return material.approved?.approval.digest === material.digest ? 0 : 1;
}

/** @param target a profile's name, or `npm:…` */
export async function collectFor(context: CommandContext, target: string): Promise<Collected> {
  const { installation, searchPath } = context;
  return inQuarantine(installation, async (quarantine) => {
    const progress = showProgress(context, `reviewing ${escapeText(target)}`);
    try {
      const server = target.startsWith('npm:')
        ? await pinCandidate(profileForSpec(target), quarantine, progress.step)
        : resolveServer(loadProfile(target, installation));
      return await collect({
        server,
        installation,
        quarantine,
        searchPath,
        onPlaced: progress.step,
        onStart: progress.start,
      });
    } finally {
      progress.end();
    }
  });
}

function show(context: CommandContext, { material }: Collected, options: ReviewOptions): void {
  const model = reviewModel(material);
  if (options.html !== undefined) writeReport(options.html, renderReviewHtml(model));
  if (context.json) return context.out(`${documentText(reviewDocument(model))}\n`);
  if (options.markdown === true) context.out(renderReviewMarkdown(model));
  // Whoever asked for the page reads the page.
  else if (options.html === undefined) {
    const text = renderReviewText(model, { color: context.color, width: context.columns ?? DEFAULT_WIDTH });
    if (options.pager === false) context.out(text);
    else showPaged(context, text);
  }
}

function requireFolder(file: string): void {
  try {
    fs.accessSync(path.dirname(file), fs.constants.W_OK);
  } catch (error) {
    throw outputUnwritable(error);
  }
}

function writeReport(file: string, text: string): void {
  try {
    writeAtomically(file, text);
  } catch (error) {
    throw outputUnwritable(error);
  }
}
