// zod, loaded when something is wrong with a document: that takes as long as half of the rest of a launch. `require`, because
// documents are judged in one go and import() cannot be waited for there; the bundler resolves both.

export function shapeLibrary(): typeof import('zod/mini') {
  return require('zod/mini') as typeof import('zod/mini');
}

export function shapeCore(): typeof import('zod/v4/core') {
  return require('zod/v4/core') as typeof import('zod/v4/core');
}
