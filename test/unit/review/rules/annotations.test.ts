import { annotationRules } from '../../../../src/review/rules/annotations.ts';
import { hinted, testRules } from './cases.ts';

testRules(annotationRules, {
  'annotation-contradiction': {
    fires: {
      name: hinted('delete_file', { readOnlyHint: true }),
      camel: hinted('writeFile', { readOnlyHint: true }),
      destroys: hinted('drop_table', { destructiveHint: false }),
      description: hinted('one', { readOnlyHint: true }, 'Deletes a file.'),
      both: hinted('one', { readOnlyHint: true, destructiveHint: true }),
      world: hinted('one', { openWorldHint: false }, 'Fetches a URL from the internet.'),
    },
    quiet: {
      reading: hinted(
        'get_deleted_files',
        { readOnlyHint: true, destructiveHint: false },
        'Lists what was deleted.',
      ),
      writing: hinted('write_file', { readOnlyHint: false, destructiveHint: true }),
      sums: hinted('add', { readOnlyHint: true }, 'The sum of two numbers.'),
      sorted: hinted('sort_updates', { readOnlyHint: true }, 'A list, newest first.'),
    },
  },
});
